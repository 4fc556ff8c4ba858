import { named, scopesMax, type PathPattern, type ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { folderName, type Candidate, type Place } from './candidates.ts';
import type { PresentScope } from './definitions.ts';
import type { Discovery } from './discovery.ts';
import { folderProblem, readListedScopes, type ListedScope } from './listed-scopes.ts';
import { errorAt, warningAt, wholeFile, type Position } from './problems.ts';
import type { ReadCandidate } from './read-candidate.ts';
import { typeUnspecified } from './read-scope.ts';
import type { Tree } from './tree.ts';

export interface FoundScopes {
  readonly present: readonly PresentScope[];
  readonly problems: readonly ScopeProblem[];
  /** Whether something is said of the scopes that the root scope's file lists. */
  readonly isOfList: (problem: ScopeProblem) => boolean;
  /** All patterns whose folders are scopes, and the folders that they fit. */
  readonly split: readonly PathPattern[];
  readonly splitFolders: readonly ScopePath[];
}

export interface ReadFiles {
  /** Undefined: there is no file of the root scope. */
  readonly root: ReadCandidate | undefined;
  /** Of the other scopes. */
  readonly files: readonly ReadCandidate[];
}

/**
 * Every scope that there is: one with a file of its own counts as that says; one without as the root scope's file lists it; and
 * one that a pattern makes as nobody says anything of it.
 */
export async function findScopes(
  tree: Tree,
  discovery: Discovery,
  { root, files }: ReadFiles,
): Promise<FoundScopes> {
  const own = [...(root === undefined ? [] : [root]), ...files].filter(({ kind }) => kind === 'scope');
  const list = root?.yaml ? readListedScopes(root.yaml) : { entries: [], problems: [], lines: null };
  const rootFile = root?.candidate.file ?? 'rhema.yaml';
  const byPath = new Map<ScopePath, PresentScope>(
    own.map(({ candidate, scope }) => [candidate.scope, { place: ownPlace(candidate), scope }]),
  );
  const looks = await tree.lookAtFolders(list.entries.map(({ path }) => path));
  const problems = [...list.problems];
  for (const [index, entry] of list.entries.entries()) {
    const other = byPath.get(entry.path);
    const wrong = folderProblem(entry, looks[index] ?? { kind: 'folder' });
    if (other !== undefined) problems.push(shadowed(entry, other.place.file));
    else {
      problems.push(...entry.problems, ...(wrong === null ? [] : [wrong]));
      const place = { scope: entry.path, file: rootFile, kind: 'listed', position: entry.position } as const;
      byPath.set(entry.path, { place, scope: wrong?.severity === 'error' ? null : entry.scope });
    }
  }
  const split = [...discovery.split, ...list.entries.flatMap((entry) => entry.split)];
  const folders = await tree.foldersFitting(split);
  const wanted = folders.filter((path) => !byPath.has(path) && !discovery.leavesOut(path));
  if (wanted.length > scopesMax) problems.push(tooMany(wanted.length, wholeFile(rootFile)));
  for (const path of wanted.slice(0, scopesMax)) byPath.set(path, splitScope(path, rootFile));
  const isOfList = ({ file, line }: ScopeProblem): boolean =>
    list.lines !== null && file === rootFile && line !== null && isBetween(line, list.lines);
  return { present: [...byPath.values()], problems, isOfList, split, splitFolders: folders };
}

const isBetween = (line: number, [first, last]: readonly [number, number]): boolean =>
  first <= line && line <= last;

function ownPlace({ scope, file, kind }: Candidate): Place {
  return { scope, file, kind, position: null };
}

function splitScope(scope: ScopePath, file: string): PresentScope {
  return {
    place: { scope, file, kind: 'split', position: wholeFile(file) },
    scope: { name: folderName(scope), type: typeUnspecified, dependencies: [] },
  };
}

function shadowed({ path, position }: ListedScope, file: string): ScopeProblem {
  const message = `the entry of ${named(path)} is ignored: ${named(file)} says what that scope is, remove one of them`;
  return warningAt('SHADOWED_ENTRY', position, message);
}

function tooMany(count: number, position: Position): ScopeProblem {
  const message = `split makes scopes of ${count} folders: at most ${scopesMax} are possible, write patterns that fit fewer`;
  return errorAt('TOO_MANY_SCOPES', position, message);
}
