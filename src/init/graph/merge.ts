import type { ScopePath } from '../../core/index.ts';
import type { Unit } from '../detectors/unit.ts';
import { Links, type Link } from './links.ts';
import { baseName, byText, depthOf, folderOf, top } from '../paths.ts';
import { ScopeFolders } from '../detectors/scope-folders.ts';

/** The parts of a repository, and the dependencies between them. */
export interface Parts {
  /** Sorted by path. */
  readonly units: readonly Unit[];
  readonly links: readonly Link[];
}

/** Folds every unit that lies deeper into its folder at that depth; `standing` scopes stay. Null: nothing is too deep. */
export function foldTo(depth: number | null, { units, links }: Parts, standing: Iterable<ScopePath>): Parts {
  if (depth === null) return { units, links };
  const folded = new Map<ScopePath, Unit>();
  for (const unit of units) if (depthOf(unit.path) <= depth) folded.set(unit.path, unit);
  for (const unit of units) {
    const path = ancestorAt(unit.path, depth);
    if (!folded.has(path))
      folded.set(path, { path, names: [baseName(path)], type: 'component', source: path });
  }
  const kept = [...folded.values()].sort((a, b) => byText(a.path, b.path));
  const folders = new ScopeFolders([...folded.keys(), ...standing], kept);
  return { units: kept, links: mapLinks(links, (path) => folders.of(path)) };
}

/**
 * Leaves some units to the scope around them. What others need of them they need of that, unless it is the top, which holds what all
 * share. `keepsNeeds`: what they need themselves it needs as well; else nobody does, as with test data.
 */
export function leaveAside(
  isAside: (path: ScopePath) => boolean,
  { units, links }: Parts,
  { standing, keepsNeeds }: { readonly standing: Iterable<ScopePath>; readonly keepsNeeds: boolean },
): Parts {
  const kept = units.filter(({ path }) => !isAside(path));
  if (kept.length === units.length) return { units, links };
  const folders = new ScopeFolders([...kept.map(({ path }) => path), ...standing], kept);
  const wanted = links.filter(({ from, to }) => {
    const isLost = isAside(to) && folders.of(to) === top;
    return !isLost && (keepsNeeds || !isAside(from));
  });
  return { units: kept, links: mapLinks(wanted, (path) => folders.of(path)) };
}

function ancestorAt(path: ScopePath, depth: number): ScopePath {
  let at = path;
  while (depthOf(at) > depth) at = folderOf(at);
  return at;
}

function mapLinks(links: readonly Link[], scopeOf: (path: ScopePath) => ScopePath): Link[] {
  const mapped = new Links();
  for (const link of links) mapped.addReason(scopeOf(link.from), scopeOf(link.to), link);
  return mapped.all();
}
