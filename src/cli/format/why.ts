import { shownName } from '../../core/index.ts';
import type { AgentId } from '../../core/index.ts';
import type {
  HappenedEvent,
  LockView,
  Reservation,
  WaiterView,
  WhyAnswer,
  WhySubject,
} from '../../protocol/index.ts';
import { eventText } from './events.ts';
import { untilEndText } from './lock-end.ts';
import type { Style } from './style.ts';
import { line } from './text.ts';
import { clockTime } from './time.ts';
import { agentText } from './views.ts';
import { withdrawnText } from './withdrawn.ts';
import { fitted } from './width.ts';
import { duration, shownLock } from '../../wording/index.ts';

/** Agents that hold locks, where no more may. */
export interface Crowd {
  readonly maxConcurrentAgents: number;
  readonly holders: readonly AgentId[];
}

export interface WhyMoment {
  readonly isPast: boolean;
  /** Null where there is room. */
  readonly crowd: Crowd | null;
}

/** The story of a scope or an agent: what is the case, and below it what led to it, newest first. */
export function whyText(
  style: Style,
  answer: WhyAnswer,
  nowMs: number,
  { isPast, crowd }: WhyMoment,
): string {
  const lines = [
    ...(isPast
      ? [style.paint('dim', `at revision ${answer.revision}, ${new Date(answer.timeMs).toISOString()}:`)]
      : []),
    ...(answer.subject.kind === 'agent'
      ? agentStory(style, answer, nowMs)
      : heldOrFree(style, answer, nowMs)),
    ...(crowd === null ? [] : [crowdText(crowd)]),
  ];
  if (answer.happened.length > 0) lines.push('', style.paint('bold', 'happened, newest first:'));
  const happened = runsOf(answer.happened).map((run) => happenedText(style, run, nowMs));
  return fitted(style, [...lines, ...happened].join('\n'));
}

/** What a why is about, by its name. */
export function subjectName(subject: WhySubject): string {
  switch (subject.kind) {
    case 'scope':
      return subject.scope;
    case 'file':
      return subject.file;
    case 'resource':
      return subject.resource;
    case 'agent':
      return subject.agent;
  }
}

/** The same thing said several times in a row, newest first; renewals would else drown the rest. */
type Run = readonly [HappenedEvent, ...HappenedEvent[]];

function runsOf(events: readonly HappenedEvent[]): readonly Run[] {
  const runs: [HappenedEvent, ...HappenedEvent[]][] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last !== undefined && eventText(last[0].event) === eventText(event.event)) last.push(event);
    else runs.push([event]);
  }
  return runs;
}

/** Of a scope, a file or a resource. */
function heldOrFree(style: Style, answer: WhyAnswer, nowMs: number): string[] {
  const { locks, sync } = answer;
  return [
    ...(locks.length === 0
      ? [`${style.paint('bold', line`${subjectName(answer.subject)}`)} is free`]
      : locks.map((lock) => heldStory(style, lock, nowMs))),
    ...answer.waiters.map((waiter, index) => waitStory(waiter, index + 1, nowMs)),
    ...(sync === null ? [] : [line`sync: ${sync.status}${sync.error === null ? '' : ` (${sync.error})`}`]),
  ];
}

function crowdText({ maxConcurrentAgents, holders }: Crowd): string {
  return line`but no more agents may hold locks now: ${holders.join(', ')} do (max_concurrent_agents is ${maxConcurrentAgents})`;
}

function heldStory(style: Style, lock: LockView, nowMs: number): string {
  const since = `since ${clockTime(lock.grantedAtMs, nowMs)} (${duration(nowMs - lock.grantedAtMs)})`;
  const until = line`${untilEndText(lock, nowMs)}`;
  const purpose = lock.reason === null ? '' : line`, for '${lock.reason}'`;
  const contended =
    lock.contendedSinceMs === null ? '' : `; wanted by others for ${duration(nowMs - lock.contendedSinceMs)}`;
  const blocked = lock.blockedReason === null ? '' : line`; its holder is blocked: ${lock.blockedReason}`;
  const head = `${style.paint('bold', line`${shownLock(lock)}`)} is held by ${style.paint('bold', line`${lock.agent}`)}`;
  const withdrawn = lock.withdrawn === true ? `; ${withdrawnText}` : '';
  return `${head} ${since}${purpose}, ${until}, token ${lock.token}${contended}${blocked}${withdrawn}`;
}

function waitStory(waiter: WaiterView, position: number, nowMs: number): string {
  const purpose = waiter.reason === null ? '' : `, for '${waiter.reason}'`;
  return line`${waiter.agent} waits (${ordinal(position)}, ${duration(nowMs - waiter.sinceMs)}${purpose})`;
}

function ordinal(number: number): string {
  const teens = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')}`;
}

function agentStory(style: Style, answer: WhyAnswer, nowMs: number): string[] {
  const { agent, locks, waiters, waitsFor } = answer;
  const name = answer.subject.kind === 'agent' ? answer.subject.agent : '';
  if (agent === null) return [`${style.paint('bold', line`${name}`)} does not take part`];
  return [
    agentText(style, { agent, locks, waiter: waiters[0] ?? null, syncs: answer.runs ?? [] }, nowMs),
    ...waitsFor.map((lock) => `waits behind: ${heldStory(style, lock, nowMs)}`),
    ...waiters.flatMap(({ reservedFor }) => (reservedFor === null ? [] : [reservedStory(reservedFor)])),
  ];
}

function reservedStory({ agent, ticket, ...wanted }: Reservation): string {
  return line`${shownName(wanted)} is kept for ${agent}, whose ticket ${ticket} is the oldest`;
}

function happenedText(style: Style, run: Run, nowMs: number): string {
  const [{ revision, atMs, event, by }] = run;
  const author = by === null ? '' : line`, by ${by}`;
  const first = run.at(-1);
  const often =
    run.length === 1 || first === undefined
      ? ''
      : ` (${run.length} times since ${clockTime(first.atMs, nowMs)})`;
  return `  ${style.paint('dim', `@${revision} ${clockTime(atMs, nowMs)}`)} ${eventText(event)}${often}${author}`;
}
