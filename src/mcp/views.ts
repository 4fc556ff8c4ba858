import {
  asRevision,
  shownName,
  shownNames,
  shownTarget,
  type AgentId,
  type AgentReport,
  type ScopePath,
} from '../core/index.ts';
import type {
  AgentView,
  Coordinator,
  HistoryAnswer,
  HistoryFilter,
  LockView,
  ScopesAnswer,
  ScopeView,
  StatusAnswer,
  SyncView,
  WaiterView,
} from '../protocol/index.ts';
import { entryLine } from './events.ts';
import { bounded, fitting, fittingCount, purpose, quoted, quotedText } from './text.ts';
import { count, duration, shownLock, timeLeft } from '../wording/index.ts';

/**
 * Lines of one list, and characters of all of them. Clients cut an answer of some ten thousand tokens, or put it where no
 * model looks: all six lists, the log and the handles of a client stay below 50,000 characters together.
 */
const linesMax = 40;
const charactersMax = 5_500;
const heldMax = 10;
const scopesMax = 400;
/** Of the scopes, where they are listed with what they depend on. */
const scopesCharactersMax = 40_000;

/** Everything at a glance: only what is not as it should be at rest. */
export function statusText(status: StatusAnswer, nowMs: number): string {
  const syncs = status.syncs.filter((sync) => sync.status !== 'completed');
  return [
    `Revision ${status.revision}; ${count(status.scopeCount, 'scope')}; at most ${count(status.settings.maxConcurrentAgents, 'agent')} at once may hold locks.`,
    ...section(
      'Agents',
      status.agents.map((view) => agentLine(view, nowMs)),
    ),
    ...section(
      'Locks',
      status.locks.map((lock) => lockLine(lock, nowMs)),
    ),
    ...section(
      'Queue, in order',
      status.waiters.map((waiter) => waiterLine(waiter, nowMs)),
    ),
    ...section('Syncs that are not completed', syncs.map(syncLine)),
    ...section('Problems of scope files, configuration and log', status.scopeProblems.map(problemText)),
    ...section(
      'Violations',
      status.violations.map((violation) => JSON.stringify(violation)),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`${title}: none.`];
  return [
    `${title}:`,
    ...fitting(lines, linesMax, charactersMax, 'coordination_status').map((line) => `- ${line}`),
  ];
}

function agentLine(view: AgentView, nowMs: number): string {
  const { task } = view.metadata;
  return [
    `${view.agent} is ${statusWord(view)}`,
    ...(task === undefined ? [] : [`task ${quotedText(String(task))}`]),
    ...(view.blockedReason === null || view.blockedReason === ''
      ? []
      : [`blocked: ${quotedText(view.blockedReason)}`]),
    ...(view.lastReport === null || view.lastReport.text === view.blockedReason
      ? []
      : [reportText(view.lastReport, nowMs)]),
    ...(view.held.length === 0 ? [] : [`holds ${someOf(view.held.map(shownTarget))}`]),
    `seen ${duration(nowMs - view.seenAtMs)} ago`,
  ].join('; ');
}

/** A line tells of so many locks. */
const someOf = (names: readonly string[]): string =>
  bounded(names.map(quoted), heldMax, 'rhema status').join(', ');

/** Whoever waits in the queue is blocked by that, which is no trouble. */
function statusWord({ presence, status, ticket }: AgentView): string {
  if (presence === 'lost') return 'lost';
  return ticket === null ? status : `${status}: it waits in the queue`;
}

function lockLine(lock: LockView, nowMs: number): string {
  const queue = lock.queueLength === 0 ? '' : `; ${count(lock.queueLength, 'agent')} in the queue`;
  const lasts = lock.deadlineMs > nowMs && lock.endsBefore === undefined;
  const lease = lasts ? `lease ${timeLeft(lock.deadlineMs - nowMs)} more` : leaseText(lock, nowMs);
  const withdrawn = lock.withdrawn === true ? '; withdrawn' : '';
  const held = `${quoted(shownLock(lock))} by ${lock.agent}${purpose(lock.reason)}, for ${duration(nowMs - lock.grantedAtMs)}`;
  return `${held}; ${lease}; token ${lock.token}${queue}${withdrawn}`;
}

function waiterLine(waiter: WaiterView, nowMs: number): string {
  const what = someOf(shownNames(waiter));
  return `${waiter.agent} waits for ${what}${purpose(waiter.reason)}, for ${duration(nowMs - waiter.sinceMs)}; ticket ${waiter.ticket}`;
}

const holdersMax = 5;

/** What keeps a ticket from being served: who holds what it wants, an older ticket, or that no place is free. */
export function obstacleLines(waiter: WaiterView, inTheWay: readonly LockView[], nowMs: number): string[] {
  const { waitsFor, reservedFor, withdrawn = [] } = waiter;
  const isFull = waitsFor.length === 0 && inTheWay.length > 0;
  return [
    ...(isFull
      ? ['No place is free: as many agents hold locks as may at once (max_concurrent_agents).']
      : []),
    ...bounded(
      inTheWay.map((lock) => holderText(lock, nowMs)),
      holdersMax,
      'coordination_status',
    ),
    ...withdrawn.map(
      (target) => `${quoted(shownTarget(target))} is WITHDRAWN: no scope file names it any more.`,
    ),
    ...(reservedFor === null
      ? []
      : [
          `${quoted(shownName(reservedFor))} is kept for ${reservedFor.agent}, whose ticket ${reservedFor.ticket} is the oldest.`,
        ]),
  ];
}

/**
 * `"services/auth" is held by alice for "...": for 3 min now; its lease runs 40 s more unless renewed; nobody waits.` `self`: who
 * reads it.
 */
export function holderText(lock: LockView, nowMs: number, self: AgentId | null = null): string {
  const facts = [
    `for ${duration(nowMs - lock.grantedAtMs)} now`,
    leaseText(lock, nowMs),
    lock.queueLength === 0 ? 'nobody waits' : `${count(lock.queueLength, 'agent')} in the queue`,
    ...(lock.withdrawn === true ? ['no scope file names it any more, and it goes when it is free'] : []),
    ...(lock.blockedReason === null ? [] : [`${lock.agent} is blocked: ${quotedText(lock.blockedReason)}`]),
    ...(lock.lastReport === null || lock.lastReport.text === lock.blockedReason
      ? []
      : [reportText(lock.lastReport, nowMs)]),
  ];
  return `${quoted(shownLock(lock))} is held by ${lock.agent === self ? 'you' : lock.agent}${purpose(lock.reason)}: ${facts.join('; ')}.`;
}

/** A lease that is over stays in the log until its end can be written there. */
function leaseText({ deadlineMs, endsBefore }: LockView, nowMs: number): string {
  if (endsBefore !== undefined && endsBefore.atMs > nowMs)
    return `${earlierEnds[endsBefore.cause]} in ${timeLeft(endsBefore.atMs - nowMs)} unless renewed`;
  return deadlineMs > nowMs
    ? `its lease runs ${timeLeft(deadlineMs - nowMs)} more unless renewed`
    : `its lease ended ${duration(nowMs - deadlineMs)} ago, which is still to be written`;
}

const earlierEnds = {
  session: 'it ends with the session of its holder',
  blocked: 'its holder is blocked, so it ends',
} as const;

function reportText({ text, atMs }: AgentReport, nowMs: number): string {
  return `said ${quotedText(text)} ${duration(nowMs - atMs)} ago`;
}

function syncLine(sync: SyncView): string {
  const run = sync.run === null ? '' : `, run ${sync.run} by ${sync.agent ?? 'nobody'}`;
  const error =
    sync.error === null
      ? ''
      : `: ${quotedText(sync.error)}; ${count(sync.retriesLeft, 'retry', 'retries')} left`;
  return `${quoted(sync.scope)} ${sync.status}${run}${error}`;
}

const invalidatedMax = 20;

/** Scopes whose sync a change has undone, in the order in which they are to be synced. */
export function syncAgainText(scopes: readonly ScopePath[]): string {
  const again = bounded(scopes.map(quoted), invalidatedMax, 'coordination_status');
  return `To be synced again, in this order: ${again.join(', ')}.`;
}

/** Names of files and folders are text of others, like all that they wrote. */
export function problemText({ code, file, message }: ScopesAnswer['problems'][number]): string {
  return file === null ? `${code}: ${message}` : `${code} ${quoted(file)}: ${message}`;
}

/** All scopes, what they depend on, and who holds them. */
export function scopesText({ scopes, problems }: ScopesAnswer): string {
  const broken = problems.map((problem) => `! ${problemText(problem)}`);
  return [
    `${count(scopes.length, 'scope')}.`,
    ...fitting(scopes.map(scopeLine), scopesMax, scopesCharactersMax, 'rhema scope list'),
    ...fitting(broken, linesMax, charactersMax, 'rhema scope list'),
  ].join('\n');
}

function scopeLine(scope: ScopeView): string {
  const needs =
    scope.dependencies.length === 0 ? '' : `, depends on ${scope.dependencies.map(quoted).join(' ')}`;
  const held = scope.holder === null ? '' : `, held by ${scope.holder}`;
  return `${quoted(scope.path)} (${quoted(scope.name)}), sync ${scope.syncStatus}${needs}${held}${scope.withdrawn ? ', withdrawn' : ''}`;
}

/** All events but renewals, which would drown the others. */
const toldEvents: HistoryFilter = {
  events: [
    'agent.joined',
    'agent.statusChanged',
    'agent.reported',
    'agent.left',
    'agent.lost',
    'lock',
    'ticket',
    'sync',
    'scope',
    'context',
    'repository',
    'leases',
    'clock',
    'settings',
  ],
};

/** The last entries, in the order in which they happened; of many long ones the latest. */
export async function lastEntries(
  coordinator: Coordinator,
  limit: number,
  charactersMost = logCharactersMax,
): Promise<string> {
  const query = { kind: 'history', filter: toldEvents, limit, before: null } as const;
  return logText(await coordinator.query(query), charactersMost);
}

/** Of the log, where it stands below all else. */
const logCharactersMax = 9_000;
/** Of the log alone. */
export const pageCharactersMax = 45_000;

function logText({ entries, revision }: HistoryAnswer, charactersMost: number): string {
  const lines = fitting(entries.map(entryLine), entriesMax, charactersMost, 'rhema log');
  return [logTitle({ revision }), ...lines.toReversed()].join('\n');
}

const logTitle = ({ revision }: Pick<HistoryAnswer, 'revision'>): string => `Log up to revision ${revision}:`;

/** Entries that one reading of the log shows. */
export const entriesMax = 100;

/** The log from a revision on, as much as fits, at least one entry; and how to read on. */
export async function entriesFrom(coordinator: Coordinator, from: number): Promise<string> {
  const before = asRevision(from + entriesMax);
  const query = { kind: 'history', filter: toldEvents, limit: entriesMax, before } as const;
  const answer = await coordinator.query(query);
  const entries = answer.entries.filter((entry) => entry.revision >= from).toReversed();
  const lines = entries.map(entryLine);
  const shown = Math.max(1, fittingCount(lines, pageCharactersMax));
  const next = entries[shown]?.revision ?? (before > answer.revision ? null : before);
  return [
    logTitle(answer),
    ...lines.slice(0, shown),
    ...(next === null ? [] : [`Next: rhema://log?from=${next}`]),
  ].join('\n');
}
