import type {
  AgentView,
  LockView,
  ScopeProblem,
  StatusAnswer,
  SyncView,
  WaiterView,
} from '../../protocol/index.ts';
import { named, shownNames, shownTarget, targetsOf } from '../../core/index.ts';
import type { Violation } from '../../core/index.ts';
import { endCellText, endOf, untilEndText } from './lock-end.ts';
import type { Cell } from './table.ts';
import { table } from './table.ts';
import type { Emphasis, Style } from './style.ts';
import { line } from './text.ts';
import { clockTime, relative } from './time.ts';
import { fitted } from './width.ts';
import { count, duration, holdersOfPlaces, shownLock, someNames } from '../../wording/index.ts';
import { withdrawnText } from './withdrawn.ts';

const statusEmphasis: Readonly<Record<string, Emphasis>> = {
  working: 'good',
  blocked: 'warn',
  lost: 'bad',
  syncing: 'warn',
  failed: 'bad',
};

/** A status in its colour. */
export function statusCell(text: string): Cell {
  return { text, emphasis: statusEmphasis[text] ?? 'plain' };
}

export function agentTable(
  style: Style,
  { agents, locks, waiters }: Pick<StatusAnswer, 'agents' | 'locks' | 'waiters'>,
  nowMs: number,
): string {
  const waiterOf = new Map(waiters.map((waiter) => [waiter.agent, waiter]));
  const reasonOf = new Map(
    locks.map(({ agent, reason }) => [agent, reason] as const).filter(([, reason]) => reason !== null),
  );
  const hasUnread = agents.some(({ unread = 0 }) => unread > 0);
  const rows = agents.map((view): Cell[] => [
    view.agent,
    statusCell(view.presence === 'lost' ? 'lost' : view.status),
    view.held.map(shownTarget).join(', '),
    doing(view, { waiter: waiterOf.get(view.agent), reason: reasonOf.get(view.agent) }, nowMs),
    relative(view.seenAtMs, nowMs),
    ...(hasUnread ? [view.unread ?? 0] : []),
  ]);
  const unread = hasUnread ? ['UNREAD'] : [];
  return table(style, ['AGENT', 'STATUS', 'HOLDS', 'DOING', 'SEEN', ...unread], rows);
}

interface Work {
  readonly waiter: WaiterView | undefined;
  /** For what it holds a lock. */
  readonly reason: string | null | undefined;
}

/** What it waits for, says that it does, holds a lock for, or was given to do. */
function doing(view: AgentView, { waiter, reason }: Work, nowMs: number): string {
  if (view.presence === 'lost' && view.heldWhenLost.length > 0)
    return `held ${view.heldWhenLost.map(shownTarget).join(', ')}`;
  if (view.blockedReason !== null) return view.blockedReason;
  if (waiter !== undefined) return `waits for ${targetsOf(waiter).map(shownTarget).join(', ')}`;
  if (view.lastReport === null) return reason ?? String(view.metadata['task'] ?? '');
  const { text, atMs } = view.lastReport;
  // What it does may have changed since.
  return `${text} (said ${relative(atMs, nowMs)})`;
}

/** One agent and what belongs to it. */
export interface AgentFacts {
  readonly agent: AgentView;
  readonly locks: readonly LockView[];
  readonly waiter: WaiterView | null;
  /** Those that it runs. */
  readonly syncs: readonly SyncView[];
}

export function agentText(style: Style, facts: AgentFacts, nowMs: number): string {
  const { agent, locks, waiter, syncs } = facts;
  const shown = agent.presence === 'lost' ? 'lost' : agent.status;
  const head = `${style.paint('bold', line`${agent.agent}`)} is ${style.paint(statusEmphasis[shown] ?? 'plain', shown)}`;
  return [
    `${head} (epoch ${agent.epoch}, joined ${relative(agent.joinedAtMs, nowMs)}, seen ${relative(agent.seenAtMs, nowMs)})`,
    ...(agent.blockedReason === null ? [] : [line`blocked: ${agent.blockedReason}`]),
    ...saidText(agent, nowMs),
    ...(agent.unread === undefined || agent.unread === 0
      ? []
      : [`has ${count(agent.unread, 'unread message')}`]),
    ...locks.map((lock) => `holds ${lockSentence(lock, nowMs)}`),
    ...(waiter === null ? [] : [`waits ${waiterSentence(waiter, nowMs)}`]),
    ...syncs.map((sync) => `syncs ${syncSentence(sync, nowMs)}`),
    ...(agent.lostAtMs === null
      ? []
      : [
          `lost ${relative(agent.lostAtMs, nowMs)}`,
          line`held then: ${agent.heldWhenLost.map(shownTarget).join(', ')}`,
        ]),
    ...Object.entries(agent.metadata).map(([key, value]) => line`${key}: ${String(value)}`),
  ]
    .map((text) => fitted(style, text))
    .join('\n');
}

/** Why it was blocked stays what it last said when it goes on. */
function saidText({ lastReport, blockedReason }: AgentView, nowMs: number): string[] {
  if (lastReport === null || lastReport.text === blockedReason) return [];
  const said = line`last said ${relative(lastReport.atMs, nowMs)}: ${lastReport.text}`;
  return [`${said} (its status may have changed since)`];
}

/** A folder may be called as the mark is; then its name stands in quotation marks. */
export const scopeCell = (scope: string, isWithdrawn: boolean): string =>
  isWithdrawn ? `${named(scope)} (withdrawn)` : named(scope);

/** `src/core since 14:02:11 (3 min) until 14:06:11 (in 50 s), token 12, for "refactor auth"`. */
export function lockSentence(lock: LockView, nowMs: number): string {
  const since = `since ${clockTime(lock.grantedAtMs, nowMs)} (${duration(nowMs - lock.grantedAtMs)})`;
  const purpose = lock.reason === null ? '' : `, for "${lock.reason}"`;
  return line`${named(shownLock(lock))} ${since} ${untilEndText(lock, nowMs)}, token ${lock.token}${purpose}${lock.withdrawn === true ? `; ${withdrawnText}` : ''}`;
}

export function waiterSentence(waiter: WaiterView, nowMs: number): string {
  const purpose = waiter.reason === null ? '' : `, for "${waiter.reason}"`;
  return line`for ${someNames(shownNames(waiter))}: ${duration(nowMs - waiter.sinceMs)} so far, position ${waiter.position}, ${untilEndText(waiter, nowMs)}, ticket ${waiter.ticket}${purpose}`;
}

/** `src/core since 14:02:11 (3 min), run 12`. */
function syncSentence({ scope, startedAtMs, run }: SyncView, nowMs: number): string {
  const since =
    startedAtMs === null ? '' : ` since ${clockTime(startedAtMs, nowMs)} (${duration(nowMs - startedAtMs)})`;
  return line`${named(scope)}${since}, run ${String(run)}`;
}

/** The held locks, and below them the queue. */
export function locksText(
  style: Style,
  view: { readonly locks: readonly LockView[]; readonly waiters: readonly WaiterView[] },
  nowMs: number,
): string {
  const locks = view.locks.length === 0 ? 'no lock is held' : lockTable(style, view.locks, nowMs);
  return view.waiters.length === 0 ? locks : `${locks}\n\n${waiterTable(style, view.waiters, nowMs)}`;
}

function lockTable(style: Style, locks: readonly LockView[], nowMs: number): string {
  const rows = locks.map((lock): Cell[] => [
    scopeCell(shownLock(lock), lock.withdrawn === true),
    lock.agent,
    duration(nowMs - lock.grantedAtMs),
    { text: endCellText(lock, nowMs), emphasis: endOf(lock) > nowMs ? 'plain' : 'bad' },
    lock.queueLength,
    lock.token,
    lock.reason ?? '',
  ]);
  return table(style, ['LOCK', 'HOLDER', 'HELD FOR', 'ENDS', 'QUEUE', 'TOKEN', 'REASON'], rows);
}

function waiterTable(style: Style, waiters: readonly WaiterView[], nowMs: number): string {
  const rows = waiters.map((waiter): Cell[] => [
    waiter.position,
    waiter.agent,
    targetsOf(waiter)
      .map((target) => scopeCell(shownTarget(target), waiter.withdrawn?.includes(target) === true))
      .join(', '),
    duration(nowMs - waiter.sinceMs),
    inTheWay(waiter),
    waiter.reason ?? '',
  ]);
  return table(style, ['POSITION', 'WAITER', 'WANTS', 'WAITED', 'BUSY', 'REASON'], rows);
}

function inTheWay({ waitsFor, reservedFor }: WaiterView): string {
  if (waitsFor.length > 0) return waitsFor.map(shownTarget).join(', ');
  return reservedFor === null ? 'all places' : `kept for ticket ${reservedFor.ticket}`;
}

export function syncTable(style: Style, syncs: readonly SyncView[], nowMs: number): string {
  const rows = syncs.map((sync): Cell[] => [
    sync.scope,
    statusCell(sync.status),
    sync.agent,
    sync.run,
    sync.failures === 0 ? '' : `${sync.failures} (${retriesLeftText(sync)})`,
    sync.error ?? '',
    retryTime(sync, nowMs),
  ]);
  return table(style, ['SCOPE', 'SYNC', 'AGENT', 'RUN', 'FAILURES', 'ERROR', 'RETRY'], rows);
}

const retriesLeftText = ({ retriesLeft }: SyncView): string =>
  `${count(retriesLeft, 'retry', 'retries')} left`;

/** When what has failed may be retried: `in 5 s`, `now`, or once `rhema sync reset` has begun it anew. Nothing for what has not failed. */
export function retryTime({ retryAtMs, retriesLeft }: SyncView, nowMs: number): string {
  if (retryAtMs === null) return '';
  if (retriesLeft === 0) return 'after sync reset';
  return retryAtMs > nowMs ? relative(retryAtMs, nowMs) : 'now';
}

/** Everything at a glance. */
export function statusText(style: Style, status: StatusAnswer, nowMs: number): string {
  const { agents, locks, waiters, syncs, settings } = status;
  const holders = holdersOfPlaces(locks).length;
  const head = [
    style.paint('bold', `revision ${status.revision}`),
    count(status.scopeCount, 'scope'),
    count(agents.length, 'agent'),
    `${holders} of ${count(settings.maxConcurrentAgents, 'place')} taken`,
    `${waiters.length} waiting`,
  ].join(', ');
  const parts = [
    fitted(style, head),
    agents.length === 0 ? '' : agentTable(style, status, nowMs),
    locks.length + waiters.length === 0 ? '' : locksText(style, { locks, waiters }, nowMs),
    syncs.length === 0 ? '' : syncTable(style, syncs, nowMs),
    problemsText(style, status.scopeProblems),
    violationsText(style, status.violations),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Of what a problem is that is not in a file. */
const subjectOf = ({ code }: ScopeProblem): string => subjects[code] ?? 'scope graph';

const subjects: Readonly<Record<string, string>> = {
  LOG_BEGUN_ANEW: 'log',
  CONFIG_VARIABLE_IGNORED: 'environment',
};

/** `src/api/rhema.yaml:4:9: error: ...`, as compilers say it; empty when there are none. */
export function problemsText(style: Style, problems: readonly ScopeProblem[]): string {
  return problems
    .map((problem) => {
      const position = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
      const severity = style.paint(problem.severity === 'error' ? 'bad' : 'warn', problem.severity);
      const told = line`${problem.message} (${problem.code})`;
      return fitted(
        style,
        line`${position === '' ? subjectOf(problem) : position}` + `: ${severity}: ${told}`,
      );
    })
    .join('\n');
}

export function violationsText(style: Style, violations: readonly Violation[]): string {
  return violations
    .map(({ invariant, subject, evidence }) =>
      fitted(style, `${style.paint('bad', line`${invariant}`)} ` + line`on ${subject}: ${evidence}`),
    )
    .join('\n');
}
