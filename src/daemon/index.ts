import type { Coordinator } from '../protocol/index.ts';
import type { OpenOptions } from './wire-up.ts';

export type { OpenOptions } from './wire-up.ts';

/** See `owner.ts`. What an owner needs is loaded once it is one: most of those who start at the same time are not. */
export async function runOwner(options: OpenOptions): Promise<void> {
  return (await import('./owner.ts')).runOwner(options);
}

/** See `wire-up.ts`. */
export async function openDirect(options: OpenOptions): Promise<Coordinator> {
  return (await import('./wire-up.ts')).openDirect(options);
}
