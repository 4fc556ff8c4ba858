/** What a write touches, as it has to be judged. */
import { parseScopePath, type ScopePath } from '../core/index.ts';
import type { PathPlace } from '../repository/index.ts';

/** Where a path leads that somebody is about to write. */
export interface NamedPlace {
  /** As it was named. */
  readonly name: string;
  readonly place: PathPlace;
  readonly matches?: Matches;
}

/** Which paths below a folder are meant, by their way from there; of a folder: whether anything in it may be. Without: all. */
export type Matches = (below: string, isFolder: boolean) => boolean;

/** Why a path needs no look at the locks. */
export type Elsewhere = 'outside' | 'otherRepository' | 'gitFolder';

export type Subject =
  | { readonly name: string; readonly path: ScopePath; readonly matches?: Matches }
  /** Nothing can be locked under its name, so only a lock of the whole scope is in its way. `folder`: what is around it. */
  | { readonly name: string; readonly folder: ScopePath }
  | { readonly name: string; readonly elsewhere: Elsewhere };

/** A lock is of a path in all working trees: what is written in another one is judged by its path there. */
export function subjectsOf(places: readonly NamedPlace[]): Subject[] {
  return places.map(({ name, place, matches }): Subject => {
    const only = matches === undefined ? {} : { matches };
    if (place.kind === 'here') return { name, path: place.path, ...only };
    if (place.kind === 'otherTree') return { ...inTree(name, place.path), ...only };
    if (place.kind === 'unnameable') return { name, folder: place.folder };
    return { name, elsewhere: place.kind };
  });
}

/** What an index names: each entry is the path itself, whatever lies there in the tree, be it a link by now. */
export const subjectsInIndex = (names: readonly string[]): Subject[] =>
  names.map((name) => inTree(name, name));

function inTree(name: string, text: string): Subject {
  const parsed = parseScopePath(text);
  if (parsed.ok && !text.includes('\\')) return { name, path: parsed.value };
  for (let rest = text; rest.includes('/');) {
    rest = rest.slice(0, rest.lastIndexOf('/'));
    const around = parseScopePath(rest);
    if (around.ok && !rest.includes('\\')) return { name, folder: around.value };
  }
  return { name, folder: '.' as ScopePath };
}
