/** After the contention: a context file that two have changed is merged, and a commit makes what stands on it due. */
import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SocketCoordinator } from '../client/index.ts';
import type { ScopePath } from '../core/index.ts';
import { cliMain, reach } from './owner.ts';
import type { Stage } from './stage.ts';

const lookEveryMs = 250;
const syncedWithinMs = 30_000;

/** Plays both scenes, says what happens, and answers what was not as promised. */
export async function playEpilogue(stage: Stage, say: (line: string) => void): Promise<readonly string[]> {
  const coordinator = await reach(stage.commonDir, stage.worktree);
  try {
    return await playScenes(stage, coordinator, say);
  } finally {
    if (stage.served === null) await coordinator.stopOwner('now');
    await coordinator.close();
  }
}

async function playScenes(
  stage: Stage,
  coordinator: SocketCoordinator,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const { scopes } = await coordinator.query({ kind: 'scopes', fresh: true });
  const inner = scopes.filter(({ path, withdrawn }) => path !== '.' && !withdrawn);
  const base = inner.sort((one, other) => other.dependents.length - one.dependents.length)[0]?.path;
  if (base === undefined) return [];
  return [...(await mergeContext(stage, base, say)), ...(await cascade(stage, coordinator, { base, say }))];
}

async function mergeContext(
  stage: Stage,
  base: ScopePath,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const todos = ['todos', '--scope', base] as const;
  await rhema(stage, 'context', 'add', ...todos, 'id=review', 'title=Review the interface');
  const { file } = await rhema(stage, 'context', 'show', ...todos, '--json');
  const path = join(stage.worktree, String(file));
  writeFileSync(path, readFileSync(path, 'utf8').replace('Review the interface', 'Review it by Friday'));
  say(`somebody edits ${String(file)} beside all locks`);
  await rhema(stage, 'context', 'add', ...todos, 'id=release', 'title=Write the release notes');
  const merged = readFileSync(path, 'utf8');
  say('an agent adds an entry to what it knew: both changes are merged, and what was replaced is kept');
  const lost = ['Review it by Friday', 'Write the release notes'].filter((title) => !merged.includes(title));
  return lost.map((title) => `"${title}" was lost when ${String(file)} was merged`);
}

interface CascadeWish {
  readonly base: ScopePath;
  readonly say: (line: string) => void;
}

async function cascade(
  stage: Stage,
  coordinator: SocketCoordinator,
  { base, say }: CascadeWish,
): Promise<readonly string[]> {
  commit(stage, 'Before');
  await rhema(stage, 'sync', 'run', '--quiet');
  const before = await runsNow(coordinator);
  say(`${before.size} scopes are synced`);
  appendFileSync(join(stage.worktree, base, 'changed.txt'), 'changed\n');
  commit(stage, 'A change');
  const { scopes } = await coordinator.query({ kind: 'impact', scopes: [base] });
  const due = new Set(scopes.map(({ scope }) => scope));
  say(`a commit changes ${base}: ${due.size - 1} scopes depend on it, and are synced again by themselves`);
  const untilMs = performance.now() + syncedWithinMs;
  for (;;) {
    const again = changedSince(before, await runsNow(coordinator));
    if (again.length === due.size && again.every((scope) => due.has(scope))) return [];
    const others = again.filter((scope) => !due.has(scope));
    if (others.length > 0) return [`${others.join(', ')} was synced again, though nothing of it was changed`];
    if (performance.now() > untilMs)
      return [
        `only ${again.length} of ${due.size} scopes were synced again within ${syncedWithinMs / 1_000} s`,
      ];
    await pause(lookEveryMs);
  }
}

/** By scope that is synced, the run by which it is. */
async function runsNow(coordinator: SocketCoordinator): Promise<ReadonlyMap<ScopePath, number | null>> {
  const { syncs } = await coordinator.query({ kind: 'status', at: null });
  return new Map(syncs.flatMap(({ scope, status, run }) => (status === 'completed' ? [[scope, run]] : [])));
}

function changedSince(
  before: ReadonlyMap<ScopePath, number | null>,
  now: ReadonlyMap<ScopePath, number | null>,
): ScopePath[] {
  return [...now].flatMap(([scope, run]) => (before.get(scope) === run ? [] : [scope]));
}

function commit({ worktree }: Stage, message: string): void {
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', args, { cwd: worktree, stdio: ['ignore', 'ignore', 'inherit'] });
  git('add', '--all');
  git('-c', 'user.name=Demo', '-c', 'user.email=demo@example.org', 'commit', '--quiet', '--message', message);
}

/** What the command line answers with `--json`; nothing without. */
function rhema({ worktree }: Stage, ...words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cliMain, '-C', worktree, ...words], (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`rhema ${words.join(' ')}: ${stderr}`, { cause: error }));
      else resolve(words.includes('--json') ? (JSON.parse(stdout) as Record<string, unknown>) : {});
    });
  });
}
