/** Which files would be in conflict if two contents were merged; nothing is written outside the room. */
import { RepositoryError } from '../errors.ts';
import type { MergeRoom } from './merge-room.ts';

/** Two commits. */
export type MergePair = readonly [string, string];

export interface MergeConflict {
  readonly file: string;
  /** In Git's words, such as `content`, `modify/delete`; the first one that it names first. */
  readonly kinds: readonly string[];
}

export type MergeTried =
  | { readonly ok: true; readonly conflicts: readonly MergeConflict[] }
  | { readonly ok: false; readonly why: string };

/** The merge bases of each pair; none where their histories have nothing in common. */
export async function mergeBases(
  room: MergeRoom,
  pairs: readonly MergePair[],
): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  for (const part of inParts(pairs, pairsAtOnce)) {
    const said = await room.git(['rev-parse', ...part.map(([left, right]) => `${left}...${right}`)]);
    let ends = 0;
    for (const word of said.split('\n').filter((one) => one !== '')) {
      if (word.startsWith('^')) found.at(-1)?.push(word.slice(1));
      else if (ends++ % 2 === 0) found.push([]);
    }
  }
  return found;
}

/** The tree of each commit. */
export async function treesOfCommits(
  room: MergeRoom,
  commits: readonly string[],
): Promise<readonly string[]> {
  if (commits.length === 0) return [];
  const said = await room.git(['rev-parse', ...commits.map((commit) => `${commit}^{tree}`)]);
  return said.trim().split('\n');
}

/** A commit of a content on top of another commit, with the same name each time. */
export async function commitOf(room: MergeRoom, content: string, parent: string): Promise<string> {
  return (await room.git(['commit-tree', content, '-p', parent, '-m', 'present'])).trim();
}

const pairsAtOnce = 64;
/** So many take far less than Git is waited for. */
const mergesAtOnce = 8;

/** In the order of the pairs, each of which has a merge base. A pair that Git cannot merge says why. */
export async function tryMerges(
  room: MergeRoom,
  pairs: readonly MergePair[],
): Promise<readonly MergeTried[]> {
  const tried: MergeTried[] = [];
  for (const part of inParts(pairs, mergesAtOnce)) tried.push(...(await tryPart(room, part)));
  return tried;
}

async function tryPart(room: MergeRoom, pairs: readonly MergePair[]): Promise<readonly MergeTried[]> {
  try {
    const input = pairs.map(([left, right]) => `${left} ${right}\n`).join('');
    const said = await room.git(
      ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', '--stdin'],
      input,
    );
    return readTried(said, pairs.length).map((conflicts) => ({ ok: true, conflicts }));
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.code === 'GIT_MISSING') throw error;
    if (pairs.length === 1) return [{ ok: false, why: error.message }];
    // One that cannot be merged ends the others with it.
    const tried: MergeTried[] = [];
    for (const pair of pairs) tried.push(...(await tryPart(room, [pair])));
    return tried;
  }
}

/** Of each merge: whether it is clean, the tree, files in conflict, an empty word, what was said of which files, an empty word. */
function readTried(said: string, count: number): readonly (readonly MergeConflict[])[] {
  const words = said.split('\0').values();
  const next = (): string => {
    const { done, value } = words.next();
    if (done === true) throw new RepositoryError('GIT_FAILED', 'git merge-tree has not answered to the end');
    return value;
  };
  return Array.from({ length: count }, () => {
    next();
    next();
    const kinds = new Map<string, string[]>();
    for (let file = next(); file !== ''; file = next()) kinds.set(file, []);
    for (let files = next(); files !== ''; files = next()) {
      const named = Array.from({ length: Number(files) }, next);
      next();
      const kind = /^CONFLICT \(([^()]+)\)/.exec(next())?.[1];
      if (kind !== undefined) for (const file of named) kinds.get(file)?.push(kind);
    }
    return [...kinds].map(([file, all]) => ({ file, kinds: [...new Set(all)] }));
  });
}

function inParts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
