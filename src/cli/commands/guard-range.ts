/** Whether what was committed was in the way of others when it was committed, by the log. */
import { resolve } from 'node:path';
import { quote, type Entry } from '../../core/index.ts';
import { judgePast, type PastCommit, type PastRefusal } from '../../guard/index.ts';
import type { CommitMade, CommitsWish } from '../../repository/index.ts';
import type { Finding } from '../../safety/index.ts';
import { count, shownLock } from '../../wording/index.ts';
import type { LogSource } from '../../verify/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import type { Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { clockTime } from '../format/time.ts';
import type { OpenLog } from '../world/world.ts';
import { ownLog } from './own-log.ts';
import { formatOf, reported, type ReportInput } from './safety-report.ts';

export interface RangeInput extends ReportInput {
  readonly range: string;
  /** A log, or an export of one; else that of the repository. */
  readonly log?: string;
}

/** Reads the log beside its owner, and asks no coordinator: none is started where there was none. */
export async function guardRange(call: Call, input: RangeInput): Promise<Outcome> {
  const format = formatOf(call, input);
  const { commits, refused, older } = await judgeRange(call, { range: input.range }, () =>
    logOf(call, input),
  );
  const shown = (all: readonly { readonly id: string }[]): string[] => all.map(({ id }) => id);
  return reported(call, format, {
    revision: null,
    findings: refused.map((each) => findingOf(each, call.nowMs)),
    data: { commits: shown(commits), older: shown(older), refused: refused.map(toldOf) },
    code: 'WRITE_REFUSED',
    unsound: () => refusedText(refused, commits.length, older.length),
    sound: soundText(commits.length, older.length),
  });
}

type JudgedCommit = CommitMade & PastCommit;

export interface JudgedRange {
  readonly commits: readonly CommitMade[];
  readonly refused: readonly PastRefusal<JudgedCommit>[];
  /** From before the log. */
  readonly older: readonly CommitMade[];
}

/** @throws CommandError INVALID_INPUT for what is no range, and whatever `open` throws. */
export async function judgeRange(
  call: Call,
  wish: CommitsWish,
  open: () => Promise<OpenLog>,
): Promise<JudgedRange> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const made = await inspection.commitsIn(repository, wish);
  if (made === null)
    throw invalidInput(`${quote(wish.range)} is no range of commits here: write A..B, as in origin/main..`);
  const source = await open();
  try {
    const files = await inspection.filesOf(
      repository,
      made.map(({ id }) => id),
    );
    const commits = made.map((commit) => ({ ...commit, files: files.get(commit.id) ?? [] }));
    const { stateBefore } = await import('../../verify/index.ts');
    const log = { base: stateBefore(source), entries: entriesOf(source) };
    const { sync } = await inspection.scan(repository);
    const judged = await judgePast(log, commits, { isStrict: sync.strict });
    return { commits: made, ...judged };
  } finally {
    source.close();
  }
}

async function logOf(call: Call, { log }: RangeInput): Promise<OpenLog> {
  if (log !== undefined) return openNamed(call, log);
  return ownLog(
    call,
    (database) =>
      `there is no log here (${database}), so nobody can say who held what, and nothing was checked: check where the agents work, or give an export from there with --log`,
  );
}

async function openNamed(call: Call, path: string): Promise<OpenLog> {
  if (path === '-') return call.world.logs.fromStandardInput();
  return call.world.logs.open(resolve(call.cwd, path));
}

async function* entriesOf({ records }: LogSource): AsyncGenerator<Entry> {
  for await (const record of records) if (record.kind === 'entry') yield record.entry;
}

export function refusedText(refused: readonly PastRefusal<JudgedCommit>[], among: number, older = 0): string {
  const commits = new Set(refused.map(({ commit }) => commit.id)).size;
  const isOfOthers = refused.some(({ locks }) => locks.length > 0);
  const isUnheld = refused.some(({ locks }) => locks.length === 0);
  const what = [
    ...(isOfOthers ? ['what another agent had locked'] : []),
    ...(isUnheld ? ['what its agent had not locked'] : []),
  ].join(', or ');
  const unknown = older === 0 ? '' : `; ${olderText(older)}`;
  return `${count(commits, 'commit')} of ${among} changed ${what}${unknown}:`;
}

function soundText(commits: number, older: number): string {
  if (commits === 0) return 'there is no commit in this range';
  const judged = commits - older;
  const parts = [
    ...(judged > 0 ? [`${count(judged, 'commit')} checked: none changed what another agent had locked`] : []),
    ...(older > 0 ? [olderText(older)] : []),
  ];
  return parts.join('\n');
}

const olderText = (older: number): string =>
  `${count(older, 'commit')} ${older === 1 ? 'is' : 'are'} from before the log, and not judged`;

/** As SARIF, annotations and people have it. */
export function findingOf(refusal: PastRefusal<JudgedCommit>, nowMs: number): Finding {
  const { name, path } = refusal;
  return {
    type: 'LockConsistency',
    rule: 'WRITE_REFUSED',
    severity: 'error',
    subject: name,
    file: path ?? name,
    line: null,
    column: null,
    ...saidOf(refusal, nowMs),
  };
}

function saidOf(
  { commit, name, locks: [lock] }: PastRefusal<JudgedCommit>,
  nowMs: number,
): Pick<Finding, 'evidence' | 'remedy'> {
  const id = commit.id.slice(0, 10);
  const changed = line`changed by commit ${id} (${commit.subject})`;
  if (lock === undefined)
    return {
      evidence: `${changed}, and no token of its trailers is of a lock of it (strict_mode)`,
      remedy: `commit under a lock; git show ${id} has what it changed`,
    };
  const whole = shownLock(lock) === name ? 'it' : shownLock(lock);
  const purpose = lock.reason === null ? '' : line`, for: ${lock.reason}`;
  return {
    evidence: line`${changed} while ${lock.agent} had ${whole} locked, since ${clockTime(lock.grantedAtMs, nowMs)} (token ${lock.token})${purpose}`,
    remedy: `ask ${lock.agent} whether it may stay; git show ${id} has what it changed`,
  };
}

/** For programs. */
export const toldOf = ({ commit, name, path, scope, locks }: PastRefusal<JudgedCommit>): object => ({
  commit: commit.id,
  agent: commit.agent,
  name,
  path,
  scope,
  locks: locks.map(({ agent, epoch, token, grantedAtMs, reason, target }) => ({
    agent,
    epoch,
    token,
    grantedAtMs,
    reason,
    target,
  })),
});
