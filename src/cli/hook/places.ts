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

export function placed({ call, repository, worktree }: HookWork, names: readonly string[]): Placed[] {
  return names.map((name) => {
    const place = call.world.inspection.place(repository, call.cwd, name);
    return { name, place, absolute: absoluteOf(worktree, place) };
  });
}

function absoluteOf(worktree: string, place: PathPlace): string | null {
  if (place.kind === 'here') return join(worktree, place.path);
  return place.kind === 'otherTree' ? join(place.tree, place.path) : null;
}
