/** Before Git commands that take a whole working tree with them: not while others have uncommitted work in just that tree. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../../core/index.ts';
import { atRisk, kinOf, type AtRisk } from '../../guard/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import type { WhichFiles } from '../../repository/index.ts';
import type { GitKind, GitOperation } from '../../shell/index.ts';
import { someNames } from '../../wording/index.ts';
import { line, shellCommand } from '../format/text.ts';
import type { Repository } from '../world/world.ts';
import { beforeDrop, type GitAct } from './before-drop.ts';
import { beforeStash, isOfStash } from './before-stash.ts';

/** What each would do to the work of others, and how the same is done to one's own alone; null: not at all. */
interface WholeTree {
  readonly does: string;
  /** To which files; without: to those that Git knows. Git itself writes over no other. */
  readonly touches?: WhichFiles;
  readonly narrower: ((own: readonly string[]) => readonly string[]) | null;
}

const apart = null;
const unstaging: WholeTree = {
  does: 'take out of the index',
  narrower: (own) => ['git', 'restore', '--staged', '--', ...own],
};
const wholeTree: Readonly<Partial<Record<GitKind, WholeTree>>> = {
  stash: { does: 'take away', narrower: (own) => ['git', 'stash', 'push', '--', ...own] },
  stashAll: {
    does: 'take away',
    touches: 'all',
    narrower: (own) => ['git', 'stash', 'push', '--include-untracked', '--', ...own],
  },
  resetHard: {
    does: 'undo',
    narrower: (own) => ['git', 'restore', '--source=HEAD', '--staged', '--worktree', '--', ...own],
  },
  reset: unstaging,
  unstage: unstaging,
  restore: { does: 'undo', narrower: (own) => ['git', 'restore', '--', ...own] },
  clean: { does: 'delete', touches: 'untracked', narrower: (own) => ['git', 'clean', '-f', '--', ...own] },
  add: { does: 'stage', narrower: (own) => ['git', 'add', '--', ...own] },
  addAll: { does: 'stage', touches: 'all', narrower: (own) => ['git', 'add', '--', ...own] },
  addTracked: { does: 'stage', narrower: (own) => ['git', 'add', '--', ...own] },
  commitAll: { does: 'commit', narrower: (own) => ['git', 'commit', '--', ...own] },
  commit: { does: 'commit', narrower: (own) => ['git', 'commit', '--', ...own] },
  // Whoever goes on in this tree commits to where HEAD is, new files as well.
  checkout: { does: 'carry to another commit', touches: 'all', narrower: apart },
  newBranch: { does: 'carry to another branch', touches: 'all', narrower: apart },
  'read-tree': { does: 'undo', narrower: apart },
  rebase: { does: 'stand in the way of, or undo,', narrower: apart },
  merge: { does: 'stand in the way of, or mix up,', narrower: apart },
  pull: { does: 'stand in the way of, or mix up,', narrower: apart },
  'cherry-pick': { does: 'mix up', narrower: apart },
  revert: { does: 'mix up', narrower: apart },
  am: { does: 'mix up', narrower: apart },
  bisect: { does: 'carry to another commit', narrower: apart },
  'filter-branch': { does: 'undo', narrower: apart },
  'sparse-checkout': { does: 'take away', narrower: apart },
};

/** They take what is staged out of the next commit. */
const unstages: ReadonlySet<GitKind> = new Set<GitKind>(['reset', 'unstage']);

/** What they name goes into the next commit, or out of it, and is not written: of all others the files are judged that they would write. */
const takesPaths: ReadonlySet<GitKind> = new Set<GitKind>(['add', 'commit', ...unstages]);

const isOfCommits: ReadonlySet<GitKind> = new Set<GitKind>([
  ...takesPaths,
  'addAll',
  'addTracked',
  'commitAll',
]);

/** Why it is not to be run; null: nothing of it is in the way of others. */
export async function beforeGit(act: GitAct, operations: readonly GitOperation[]): Promise<string | null> {
  const judgeable = operations.filter(
    (operation) => isWhole(operation) || isOfStash(operation) || operation.drops !== null,
  );
  if (judgeable.length === 0) return null;
  const coordinator = await act.call.coordinator();
  const status = await coordinator.query({ kind: 'status', at: null });
  for (const operation of judgeable) {
    const refused = await judged(act, operation, status);
    if (refused !== null) return refused;
  }
  return null;
}

const isWhole = ({ kind, paths, arePathsKnown }: GitOperation): boolean =>
  wholeTree[kind] !== undefined && (paths === null ? kind !== 'add' : takesPaths.has(kind) && arePathsKnown);

async function judged(act: GitAct, operation: GitOperation, status: StatusAnswer): Promise<string | null> {
  if (operation.folder === null) return null;
  const there = await repositoryAt(act, act.onDisk(operation.folder));
  if (there === null || there.worktree === null || there.commonDir !== act.repository.commonDir) return null;
  if (isOfStash(operation)) return beforeStash(act, operation, there, status);
  const dropped = await beforeDrop(act, operation, there, status);
  if (dropped !== null || !isWhole(operation)) return dropped;
  const meant = isOfPath(act, operation) ? ofPath(operation) : operation;
  return beforeWhole(act, meant, { ...there, worktree: there.worktree }, status);
}

async function beforeWhole(
  act: GitAct,
  operation: GitOperation,
  there: Repository & { readonly worktree: string },
  status: StatusAnswer,
): Promise<string | null> {
  const { call, agent } = act;
  if (status.locks.every((lock) => lock.agent === agent)) return null;
  const touched = await touchedBy(act, operation, there);
  // What is committed is of all that the session has started; what is undone each has for itself.
  const own = isOfCommits.has(operation.kind) ? kinOf(status.agents, agent) : kinOf([], agent);
  const risks = atRisk(status, { own, tree: there.worktree, changed: touched });
  if (risks.length === 0) return null;
  const files = ownFiles(status, own, await call.world.inspection.changedFiles(there));
  return refusedText(operation, risks, files);
}

/** Its changes are undone, as by `git restore`, or taken out of the index. */
const ofPath = (operation: GitOperation): GitOperation => ({
  ...operation,
  kind: operation.kind === 'reset' ? 'unstage' : 'restore',
  paths: operation.orPath === null ? null : [operation.orPath],
  orPath: null,
});

/** What has uncommitted work in it, and is taken along. */
async function touchedBy(
  { call, onDisk }: GitAct,
  { kind, folder, paths }: GitOperation,
  there: Repository,
): Promise<readonly string[]> {
  const { inspection } = call.world;
  if (unstages.has(kind)) {
    const staged = await inspection.stagedFiles(there, call.ports.env);
    if (paths === null || staged.length === 0) return staged;
    const named = new Set(await inspection.changedAmong(there, onDisk(folder ?? '.'), paths));
    return staged.filter((file) => named.has(file));
  }
  if (paths !== null) return inspection.changedAmong(there, onDisk(folder ?? '.'), paths);
  if (kind === 'commit') return inspection.stagedFiles(there, call.ports.env);
  return inspection.changedFiles(there, wholeTree[kind]?.touches ?? 'tracked');
}

/** `git checkout NAME` is of a file, where there is one of that name. */
function isOfPath({ onDisk }: GitAct, { folder, orPath }: GitOperation): boolean {
  return orPath !== null && folder !== null && existsSync(join(onDisk(folder), orPath));
}

async function repositoryAt({ call }: GitAct, folder: string): Promise<Repository | null> {
  return call.world.locate(folder, call.ports.env, true).catch(() => null);
}

/** What the agent has changed under its own locks: all else may be a person's, or of one that has left. */
function ownFiles(
  { locks }: StatusAnswer,
  own: ReadonlySet<AgentId>,
  changed: readonly string[],
): readonly string[] {
  const held = new Set(
    locks.flatMap((lock) => (own.has(lock.agent) && lock.file !== undefined ? [lock.file as string] : [])),
  );
  return changed.filter((file) => held.has(file));
}

const shownMax = 5;
const typedMax = 10;

function refusedText({ kind }: GitOperation, risks: readonly AtRisk[], own: readonly string[]): string {
  const { does, narrower } = wholeTree[kind] ?? { does: 'change', narrower: null };
  const lines = risks.slice(0, shownMax).map(({ lock, files }) => {
    const reason = lock.reason === null ? '' : ` (${lock.reason})`;
    return line`  ${lock.agent}: ${someNames(files)}${reason}`;
  });
  const paths = own.length === 0 || own.length > typedMax ? ['YOUR-FILES'] : own;
  const instead =
    narrower === null
      ? '  Do it in a working tree of your own (git worktree add ../NAME BRANCH), or when that is committed.'
      : `  For your own files alone: ${shellCommand(...narrower(paths))}`;
  return [
    `not run: it would ${does} what others have not committed yet in this working tree:`,
    ...lines,
    instead,
  ].join('\n');
}
