/**
 * Deadlines as the caller's own clock shows them. The log's time may be ahead of every wall clock for good: a wall that
 * was wrong for a moment has taken it along, and it never runs backwards. So what is still to come is told as the
 * caller's present time plus what is left of it. What is over keeps the time that it was given then.
 */
import type { Coordinator, Reply, TicketReply } from './coordinator.ts';
import type { Answer, Query } from './queries.ts';

/** Names of fields that hold a point in time, in milliseconds since 1970. All other `...Ms` fields are durations. */
const pointInTime = /^(?:at|now|time|until|since|deadline|.*(?:At|Since|Until|Deadline))Ms$/;

/** Whether a field holds a point in time; all other fields whose name ends in `Ms` hold a length of time. */
export function isPointInTime(field: string): boolean {
  return pointInTime.test(field);
}

/** Below this the two clocks are taken for one, so that the same lock has the same times in two answers. */
const stepMs = 1_000;

/** A coordinator whose answers have the times of a wall clock. Entries of the log stay as they are logged. */
export function onWallClock(coordinator: Coordinator, wallMs: () => number): Coordinator {
  return {
    submit: async (request) => localReply(await coordinator.submit(request), wallMs()),
    awaitTicket: async (ticket, signal) =>
      localTicket(await coordinator.awaitTicket(ticket, signal), wallMs()),
    query: async <Q extends Query>(query: Q): Promise<Answer<Q>> =>
      localAnswer(await coordinator.query(query), wallMs()),
    watch: (fromRevision, signal) => coordinator.watch(fromRevision, signal),
    refresh: (options) => coordinator.refresh(options),
    close: () => coordinator.close(),
  };
}

const localReply = (reply: Reply, wallMs: number): Reply => moved(reply, reply.atMs, wallMs);

function localTicket(reply: TicketReply, wallMs: number): TicketReply {
  return reply.kind === 'granted' && reply.atMs !== undefined ? moved(reply, reply.atMs, wallMs) : reply;
}

/** Only an answer about the present says what time it is in the log. */
function localAnswer<A extends object>(answer: A, wallMs: number): A {
  if (!('nowMs' in answer) || typeof answer.nowMs !== 'number') return answer;
  return moved(answer, answer.nowMs, wallMs);
}

function moved<T>(told: T, logMs: number, wallMs: number): T {
  const byMs = Math.round((wallMs - logMs) / stepMs) * stepMs;
  return byMs === 0 ? told : (movedFrom(told, Math.min(logMs, wallMs), byMs) as T);
}

/** A copy in which every point in time from `fromMs` on is moved. */
function movedFrom(value: unknown, fromMs: number, byMs: number): unknown {
  if (Array.isArray(value)) return value.map((item) => movedFrom(item, fromMs, byMs));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, field]) => {
    const moves = typeof field === 'number' && field >= fromMs && isPointInTime(key);
    return [key, moves ? field + byMs : movedFrom(field, fromMs, byMs)];
  });
  return Object.fromEntries(fields) as unknown;
}
