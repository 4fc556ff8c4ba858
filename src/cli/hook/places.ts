import { join } from 'node:path';
import type { PathPlace } from '../../repository/index.ts';
import type { HookWork } from './hook-work.ts';

/** A path as the agent named it, and where it leads. */
export interface Placed {
  readonly name: string;
  readonly place: PathPlace;
  /** Of what lies in a working tree of the repository; null elsewhere. */
  readonly absolute: string | null;
}

/** `replaces`: of a link the link itself is meant, else what it leads to. */
export type Named = string | { readonly path: string; readonly replaces: boolean };

export function placed({ call, repository, worktree }: HookWork, names: readonly Named[]): Placed[] {
  return names.map((named) => {
    const { path: name, replaces } = typeof named === 'string' ? { path: named, replaces: false } : named;
    const place = call.world.inspection.place(repository, call.cwd, name, replaces);
    return { name, place, absolute: absoluteOf(worktree, place) };
  });
}

function absoluteOf(worktree: string, place: PathPlace): string | null {
  if (place.kind === 'here') return join(worktree, place.path);
  return place.kind === 'otherTree' ? join(place.tree, place.path) : null;
}
