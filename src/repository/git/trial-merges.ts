/** The working trees of a repository as they are now, and what comes of merging each two of them: nothing of them is changed. */
import { basename } from 'node:path';
import { RepositoryError } from '../errors.ts';
import { mapBounded } from '../bounded.ts';
import { branchesAlone } from './branches-alone.ts';
import type { Repository } from './folders.ts';
import { withoutGitVariables } from './git.ts';
import { gitVersion } from './git-setup.ts';
import { openMergeRoom, type MergeRoom } from './merge-room.ts';
import { presentContent } from './present-commit.ts';
import { commitOf, mergeBases, treesOfCommits, tryMerges, type MergeTried } from './try-merges.ts';
import { workingTrees, type WorkingTree } from './working-trees.ts';

export interface MergeSide {
  readonly name: string;
  readonly tree: string | null;
  readonly branch: string | null;
  readonly head: string;
}

export interface SidePresent {
  readonly ok: true;
  readonly side: MergeSide;
  readonly commit: string;
  readonly content: string;
  readonly leftOut: readonly string[];
}

export interface SideUnread {
  readonly ok: false;
  readonly side: MergeSide;
  readonly why: string;
}

type Two = readonly [SidePresent, SidePresent];

export interface TrialMerges {
  readonly rules: string;
  readonly sides: readonly MergeSide[];
  /** What is in each side, in their order. */
  presents(): Promise<readonly (SidePresent | SideUnread)[]>;
  bases(pairs: readonly Two[]): Promise<readonly (readonly string[])[]>;
  merge(pairs: readonly Two[]): Promise<readonly MergeTried[]>;
  /** Removes what it has made. */
  close(): void;
}

export interface TrialWish {
  /** Where it may keep files meanwhile: this user's alone, and there. */
  readonly parent: string;
  /** Also branches that are checked out nowhere. */
  readonly branches: boolean;
  readonly nowMs: number;
}

export const branchesAloneMax = 20;
const treesAtOnce = 3;

/** @throws RepositoryError GIT_MISSING, GIT_FAILED (also where Git is too old) or GIT_SILENT. */
export async function openTrialMerges(repository: Repository, wish: TrialWish): Promise<TrialMerges> {
  await refuseOldGit();
  const trees = await workingTrees(repository);
  const sides = named([...trees, ...(wish.branches ? await alone(repository, trees) : [])]);
  const room = openMergeRoom({
    parent: wish.parent,
    commonDir: repository.commonDir,
    tree: trees[0]?.tree ?? null,
    isSha256: (sides[0]?.head.length ?? 40) > 40,
    nowMs: wish.nowMs,
  });
  try {
    return await within(room, trees, sides);
  } catch (error) {
    room.close();
    throw error;
  }
}

async function within(
  room: MergeRoom,
  trees: readonly WorkingTree[],
  sides: readonly MergeSide[],
): Promise<TrialMerges> {
  const contents = await treesOfCommits(
    room,
    sides.map(({ head }) => head),
  );
  return {
    rules: room.rules,
    sides,
    presents: () =>
      mapBounded([...sides.entries()], treesAtOnce, ([at, side]) =>
        presentOf(room, { side, tree: trees[at] ?? null, committed: contents[at] ?? '', name: String(at) }),
      ),
    bases: (pairs) =>
      mergeBases(
        room,
        pairs.map(([left, right]) => [left.side.head, right.side.head]),
      ),
    merge: (pairs) =>
      tryMerges(
        room,
        pairs.map(([left, right]) => [left.commit, right.commit]),
      ),
    close: () => room.close(),
  };
}

interface SideWish {
  readonly side: MergeSide;
  /** Null: it is a branch alone. */
  readonly tree: WorkingTree | null;
  /** What its commit contains. */
  readonly committed: string;
  readonly name: string;
}

async function presentOf(
  room: MergeRoom,
  { side, tree, committed, name }: SideWish,
): Promise<SidePresent | SideUnread> {
  if (tree === null) return { ok: true, side, commit: side.head, content: committed, leftOut: [] };
  try {
    const { content, leftOut } = await presentContent(tree, room, name);
    const commit = content === committed ? side.head : await commitOf(room, content, side.head);
    return { ok: true, side, commit, content, leftOut };
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.code === 'GIT_MISSING') throw error;
    return { ok: false, side, why: error.message };
  }
}

async function refuseOldGit(): Promise<void> {
  const version = (await gitVersion(withoutGitVariables())) ?? '';
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 39)) return;
  throw new RepositoryError(
    'GIT_FAILED',
    `${version} cannot try merges without a working tree: 2.39 or later can`,
  );
}

/** Those of a branch by its name, the others by their folder; of two that would be called the same, the whole path. */
function named(sides: readonly Omit<MergeSide, 'name'>[]): readonly MergeSide[] {
  const short = ({ branch, tree }: Omit<MergeSide, 'name'>): string => branch ?? basename(tree ?? '');
  return sides.map(({ tree, branch, head }) => {
    const isUnique = sides.filter((other) => short(other) === short({ tree, branch, head })).length === 1;
    const name = isUnique ? short({ tree, branch, head }) : (tree ?? branch ?? head);
    return { name, tree, branch, head };
  });
}

async function alone(
  { commonDir, worktree }: Repository,
  [main]: readonly WorkingTree[],
): Promise<readonly Omit<MergeSide, 'name'>[]> {
  const found = await branchesAlone(worktree ?? commonDir, main?.head ?? 'HEAD', branchesAloneMax);
  return found.map(({ branch, head }) => ({ tree: null, branch, head }));
}
