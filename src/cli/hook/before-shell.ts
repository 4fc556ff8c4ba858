/** Before a shell command: by the files that it names, and by what it would do to a working tree that others share. */
import { relative } from 'node:path';
import { shownName } from '../../core/index.ts';
import { judge, subjectsOf, type Verdict } from '../../guard/index.ts';
import { passes, type HookAnswer } from '../../hooks/index.ts';
import type { LockView } from '../../protocol/index.ts';
import { readShell, type GitOperation, type ShellReading } from '../../shell/index.ts';
import { count } from '../../wording/index.ts';
import { line } from '../format/text.ts';
import { beforeEdit, noteRead } from './before-tool.ts';
import type { GitAct } from './before-drop.ts';
import { beforeGit } from './before-git.ts';
import { asAgent, speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { renew } from './after-tool.ts';
import { placed, type Placed } from './places.ts';
import { foundWrite, onDisk, type FoundWrite } from './shell-paths.ts';

/** Git operations before which the agent has to be known: the hooks of Git ask whose commit it is. */
const commits: ReadonlySet<GitOperation['kind']> = new Set([
  'commit',
  'commitAll',
  'merge',
  'rebase',
  'pull',
  'cherry-pick',
  'revert',
  'am',
]);

export async function beforeShell(work: HookWork, command: string): Promise<HookAnswer> {
  const reading = readShell(command);
  work.memory.countUnjudged(reading.unjudged.map(({ why }) => why));
  if (reading.git.some(({ kind }) => commits.has(kind))) await makeKnown(work);
  const reason = await beforeGit(gitAct(work), reading.git);
  const refused: HookAnswer | null =
    reason === null ? await beforeTrees(work, reading) : { kind: 'refuse', reason: `rhema: ${reason}` };
  if (refused !== null) return refused;
  const files = reading.writes.map((write) => foundWrite(work, write)).filter(({ isTree }) => !isTree);
  const reads = reading.reads.filter(({ pattern }) => pattern === null);
  const answer = files.length === 0 ? passes : await beforeEdit(work, files);
  if (answer.kind === 'pass')
    noteRead(
      work,
      reads.map(({ folder, path }) => onDisk(work, folder, path)),
    );
  return answer;
}

const gitAct = (work: HookWork): GitAct => ({
  call: work.call,
  repository: work.repository,
  agent: work.memory.speaking()?.agent ?? null,
  onDisk: (folder) => onDisk(work, folder),
});

async function makeKnown(work: HookWork): Promise<void> {
  if ((await speakingAs(work)) !== null) return;
  await asAgent(
    work,
    (session) => renew(work, session),
    () => null,
  );
}

/** Whole folders, and what matches a pattern in one: nothing of it is locked, but what others hold there is in the way. */
async function beforeTrees(work: HookWork, { writes }: ShellReading): Promise<HookAnswer | null> {
  const trees = writes.map((write) => foundWrite(work, write)).filter(({ isTree }) => isTree);
  if (trees.length === 0) return null;
  const { call, repository } = work;
  const coordinator = await call.coordinator();
  const status = await coordinator.query({ kind: 'status', at: null });
  if (status.locks.length === 0) return null;
  const places = placed(work, trees);
  const ignored = await call.world.inspection.ignoredAmong(
    repository,
    places.flatMap(({ place }) => (place.kind === 'here' && place.path !== '.' ? [place.path] : [])),
  );
  const agent = work.memory.speaking()?.agent ?? null;
  const verdicts = await judge(coordinator, status, subjectsOf(places), {
    own: new Set(agent === null ? [] : [agent]),
    isIgnored: (path) => ignored.has(path),
  });
  for (const [at, verdict] of verdicts.entries()) {
    const locks = await inPattern(trees[at], places[at], verdict.locks);
    if (!verdict.passes && locks.length > 0) return refusedTree(work, verdict, locks);
  }
  return null;
}

/** Of a pattern only what it matches is written. */
async function inPattern(
  tree: FoundWrite | undefined,
  placed: Placed | undefined,
  locks: readonly LockView[],
): Promise<readonly LockView[]> {
  // By where the folder is, to which a link may have led.
  const place = placed?.place;
  if (tree === undefined || tree.matching === null || place === undefined || !('path' in place)) return locks;
  const { default: picomatch } = await import('picomatch');
  const isMatch = picomatch(tree.matching);
  const from = place.path;
  return locks.filter((lock) => {
    if (lock.resource !== undefined) return false;
    if (lock.file === undefined) return true;
    const path = relative(from, lock.file);
    // A folder that matches is meant with all that is in it.
    const parts = path.split('/');
    return parts.some((_, end) => isMatch(parts.slice(0, end + 1).join('/')));
  });
}

const shownMax = 5;

function refusedTree({ call }: HookWork, { name }: Verdict, locks: readonly LockView[]): HookAnswer {
  const shown = relative(call.cwd, name) || '.';
  const more = locks.length - shownMax;
  return {
    kind: 'refuse',
    reason: [
      line`rhema: not run: in ${shown} it would write what others hold:`,
      ...locks.slice(0, shownMax).map((lock) => `  ${lockText(lock)}`),
      ...(more > 0 ? [`  and ${count(more, 'more lock')}: ${call.rhema('lock', 'list')}`] : []),
      '  Name the files that you mean, without those; or do it when they are given back.',
    ].join('\n'),
  };
}

function lockText(lock: LockView): string {
  const reason = lock.reason === null ? '' : ` (${lock.reason})`;
  return line`${lock.agent}: ${shownName(lock)}${reason}`;
}
