import { availableParallelism } from 'node:os';
import type { ScopePath } from '../../core/index.ts';
import { proofOf } from '../../participant/index.ts';
import { count } from '../../wording/index.ts';
import {
  abortedQuery,
  abortedRuns,
  dueScopes,
  syncScopes,
  type RunnerPorts,
  type SyncOutcome,
  type SyncReport,
  type Survey,
} from '../../sync/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, ended, type Outcome, type Refused } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { outcomeText } from '../format/sync.ts';
import { exitCodeAfter, firstSignal, type FirstSignal } from '../process/signals.ts';
import type { Acting } from './acting.ts';
import { typingOf } from './named.ts';
import { numberOption } from './number-option.ts';
import { scopesOf } from './scopes-of.ts';
import { revisionNow, submit } from './speak.ts';
import { Allowances, commandLines, executeCommand, syncedVariable } from './sync-commands.ts';
import { surveyOf, syncGround, type SyncGround } from './sync-ground.ts';
import { planOutcome } from './sync-plan.ts';
import { refuseUnknown } from './sync-status.ts';
import { SyncProgress } from './sync-progress.ts';
import { quietly, takePart, type Passing } from './taking-part.ts';

export interface SyncRunInput extends Acting {
  readonly scopes: readonly string[];
  readonly all?: boolean;
  readonly jobs?: string;
  readonly dryRun?: boolean;
  /** False with `--no-retry`. */
  readonly retry: boolean;
  readonly allowCommands?: boolean;
  /** Nobody has asked for it: what has failed stays so until its time has come, and nobody is asked anything. */
  readonly auto?: boolean;
}

/** A command whose sync was killed has ended for certain after so long: its tether gives it five seconds. */
const orphansMaxMs = 8_000;
const syncing: Passing = { program: 'rhema sync run', name: 'sync', lingersMs: orphansMaxMs };
const jobsMax = 256;

/** Brings scopes, and what they depend on, up to date. */
export async function syncRun(call: Call, input: SyncRunInput): Promise<Outcome> {
  const jobs =
    input.jobs === undefined ? availableParallelism() : numberOption('--jobs', input.jobs, 1, jobsMax);
  const outer = call.ports.env[syncedVariable] ?? '';
  if (outer !== '')
    throw usageError(line`this is the command of ${outer}, which is being synced: it would wait for itself`);
  const scopes = await askedScopes(call, input);
  if (scopes === null) return done(await revisionNow(call), { scopes: [] }, () => 'nothing is due');
  const ground = await syncGround(call);
  const coordinator = await call.coordinator();
  let first = await surveyOf(ground, coordinator, scopes);
  if (input.dryRun === true) return planOutcome(first.plan, first.revision);
  const allowances = new Allowances(call, ground, {
    all: input.allowCommands === true,
    auto: input.auto === true,
  });
  // Whoever is asked may take minutes to answer.
  if (input.auto !== true && (await offerCommands(call, allowances)))
    first = await surveyOf(ground, coordinator, scopes);
  const interrupt = firstSignal(call.ports, () => stop.abort());
  const stop = new AbortController();
  try {
    return await runAs(call, input, {
      ground,
      first,
      allowances,
      scopes,
      jobs,
      interrupt,
      signal: stop.signal,
    });
  } finally {
    interrupt.off();
  }
}

/** Null: none is due. */
async function askedScopes(
  call: Call,
  { scopes, all, auto }: SyncRunInput,
): Promise<readonly ScopePath[] | null> {
  if (auto === true) {
    const { syncs } = await (await call.coordinator()).query({ kind: 'status', at: null });
    const { entries } = await (await call.coordinator()).query(abortedQuery);
    const due = dueScopes(syncs, call.nowMs, abortedRuns(entries));
    return due.length === 0 ? null : due;
  }
  if (all === true) return [];
  const asked = await scopesOf(call, scopes);
  await refuseUnknown(call, asked);
  return asked;
}

/** Nothing that comes with a repository is run before its user has seen it. Whether there was somebody to be asked. */
async function offerCommands(call: Call, allowances: Allowances): Promise<boolean> {
  const { missing } = allowances;
  if (missing.length === 0 || !call.ports.stdin.isTTY || call.json) return false;
  call.ports.stderr.write(
    `${['Scopes of this repository run these commands:', ...commandLines(missing)].join('\n')}\n`,
  );
  const answer = await call.ports.questions.select('Run them, now and whenever you sync these scopes?', [
    { value: 'no', label: 'No' },
    { value: 'yes', label: 'Yes' },
  ]);
  if (answer === 'yes') allowances.allowAll(false);
  return true;
}

interface Undertaking {
  readonly ground: SyncGround;
  readonly first: Survey;
  readonly allowances: Allowances;
  readonly scopes: readonly ScopePath[];
  readonly jobs: number;
  readonly interrupt: FirstSignal;
  readonly signal: AbortSignal;
}

async function runAs(call: Call, input: SyncRunInput, under: Undertaking): Promise<Outcome> {
  const coordinator = await call.coordinator();
  const { first } = under;
  // Where there is nothing to do nobody has to take part.
  if (first.plan.waves.length === 0) {
    const report = { outcomes: new Map(), unchanged: first.plan.unchanged };
    return reportOutcome(call, under, await withUnread(under, report, new SyncProgress(call)));
  }
  const part = await takePart(call, input, syncing);
  if (part.kind === 'refused') return part.outcome;
  const { session, joined } = part;
  const progress = new SyncProgress(call);
  try {
    const { ground, allowances, scopes, jobs, signal } = under;
    const ports: RunnerPorts = {
      coordinator,
      submit: (command) => submit(call, command),
      session,
      operator: session.agent,
      look: (paths, declared) => ground.look(paths, declared),
      examine: (scope) => ground.examine(scope),
      isAllowed: (scope, command) => allowances.isAllowed(scope, command),
      execute: (scope, command, stopped) =>
        executeCommand(call, ground, {
          root: ground.root,
          scope,
          command,
          agent: session.agent,
          signal: stopped,
        }),
      timers: call.ports.clock,
      wallMs: () => call.nowMs,
      tell: (news) => progress.hear(news),
    };
    const isAuto = input.auto === true;
    const { strict } = (await ground.scan()).sync;
    const rules = { strict, retries: input.retry, resets: !isAuto };
    const report = await syncScopes(ports, { scopes, jobs, first, ...rules }, signal);
    progress.stop();
    return await reportOutcome(call, under, await withUnread(under, report, progress));
  } finally {
    progress.stop();
    if (joined) await leave(call, session);
  }
}

/** What is defined, but so that nobody can read it, is no scope for the coordinator, and is not synced all the same. */
async function withUnread(
  { ground, scopes }: Undertaking,
  report: SyncReport,
  progress: SyncProgress,
): Promise<SyncReport> {
  const unread = ground.unread.filter(
    (scope) => !report.outcomes.has(scope) && (scopes.length === 0 || scopes.includes(scope)),
  );
  const outcomes = new Map(report.outcomes);
  for (const scope of unread) {
    const { problems } = await ground.examine(scope);
    progress.hear({ kind: 'problems', scope, problems });
    const outcome = { kind: 'failed', error: 'its definition cannot be used', retryAtMs: null } as const;
    progress.hear({ kind: 'ended', scope, outcome });
    outcomes.set(scope, outcome);
  }
  progress.stop();
  return { outcomes, unchanged: report.unchanged.filter((scope) => !outcomes.has(scope)) };
}

async function leave(call: Call, session: Parameters<typeof proofOf>[0]): Promise<void> {
  await quietly(call, 'leaving', async () => {
    await submit(call, { kind: 'AgentLeave', ...proofOf(session) });
    await call.world.sessions.remove(await call.repository(), session.agent);
  });
}

async function reportOutcome(
  call: Call,
  { first, interrupt }: Undertaking,
  { outcomes, unchanged }: SyncReport,
): Promise<Outcome> {
  const signal = interrupt.signal();
  if (signal !== null) return ended(exitCodeAfter(signal));
  const revision = await revisionNow(call);
  const scopes = [...outcomes].map(([scope, { kind: outcome, ...more }]) => ({ scope, outcome, ...more }));
  const dependencyChecking = first.checksDependencies;
  const data = { scopes, unchanged, dependencyChecking };
  const bad = [...outcomes].filter(([, { kind }]) => !wellEnded.has(kind));
  const text = summary(outcomes, unchanged.length, dependencyChecking);
  if (bad.length === 0) return done(revision, data, () => text);
  const lines = [text, ...(await nextSteps(call, bad))];
  return incomplete(data, { revision, lines, message: text });
}

const wellEnded: ReadonlySet<SyncOutcome['kind']> = new Set(['synced', 'unchanged', 'gone']);

function incomplete(
  details: Refused['details'],
  more: Pick<Refused, 'revision' | 'message'> & { readonly lines: readonly string[] },
): Refused {
  return { kind: 'refused', exitCode: exitCodes.refused, code: 'SYNC_INCOMPLETE', details, ...more };
}

function summary(outcomes: SyncReport['outcomes'], unchanged: number, dependencyChecking: boolean): string {
  const counts = new Map<SyncOutcome['kind'], number>();
  for (const { kind } of outcomes.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const asTheyWere = unchanged + (counts.get('unchanged') ?? 0);
  const parts = [
    `${count(counts.get('synced') ?? 0, 'scope')} synced`,
    ...(asTheyWere === 0 ? [] : [`${asTheyWere} unchanged`]),
    ...summaryWords.flatMap(([kind, words]) => {
      const many = counts.get(kind) ?? 0;
      return many === 0 ? [] : [`${many} ${words}`];
    }),
    ...(dependencyChecking ? [] : ['dependencies were not checked (dependency_checking: false)']),
  ];
  return parts.join(', ');
}

const summaryWords: readonly (readonly [SyncOutcome['kind'], string])[] = [
  ['failed', 'failed'],
  ['heldBack', 'held back'],
  ['notAllowed', 'with a command that was not allowed'],
  ['aborted', 'aborted'],
  ['restless', 'changed again each time'],
  ['gone', 'gone'],
  ['stopped', 'interrupted'],
];

/** What was found wrong before its command was run is no word of that. */
const hasRun = ([, outcome]: readonly [ScopePath, SyncOutcome]): boolean =>
  outcome.kind === 'failed' && outcome.error.startsWith('its command');

/** What to do about each kind of trouble, once. */
async function nextSteps(call: Call, bad: readonly (readonly [ScopePath, SyncOutcome])[]): Promise<string[]> {
  const typing = await typingOf(call);
  const first = (kind: SyncOutcome['kind']): ScopePath | null =>
    bad.find(([, outcome]) => outcome.kind === kind)?.[0] ?? null;
  const failed = bad.filter(([, { kind }]) => kind === 'failed');
  return [
    ...(call.quiet ? failed.map(([scope, outcome]) => line`${scope}: ` + outcomeText(outcome, null)) : []),
    ...failed
      .filter(hasRun)
      .slice(0, 1)
      .map(([scope]) => `try: ${typing.rhema('sync', 'output', typing.name(scope))}`),
    ...(first('notAllowed') === null ? [] : [`try: ${typing.rhema('sync', 'allow')}`]),
  ];
}
