/**
 * Linearizability in linear time, for answers that say at which position of the log they were decided: the log is the
 * one order, so it is enough that the core, brought to that position, gives the same answer, and that the positions keep
 * to real time.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  asRequestId,
  asSessionId,
  decide,
  evolve,
  initialState,
  type Command,
  type Decision,
  type Entry,
  type Event,
  type State,
} from '../../src/core/index.ts';
import type {
  CommandRequest,
  Reply,
  StatusAnswer,
  TicketReply,
  TicketRequest,
} from '../../src/protocol/index.ts';
import type { Recorded, RecordedSubmit } from './history.ts';

/** What speaks against a history, given the whole log from revision 1 on; empty when nothing does. */
export function logPositionFaults(entries: readonly Entry[], history: readonly Recorded[]): string[] {
  return [...answerFaults(entries, history), ...orderFaults(entries, history)];
}

/** Every answer is what the core answers at its revision, and every acknowledged command is in the log as it decided. */
function answerFaults(entries: readonly Entry[], history: readonly Recorded[]): string[] {
  const faults: string[] = [];
  const answers = byRevision(history.filter(isAnswered));
  const state = initialState();
  const judge = (next: Entry | undefined): void => {
    for (const recorded of answers.get(state.revision) ?? [])
      faults.push(...answerFault(entries, state, recorded));
    if (next === undefined) return;
    for (const recorded of answers.get(next.revision) ?? [])
      faults.push(...commitFault(state, next, recorded));
  };
  for (const entry of entries) {
    judge(entry);
    evolve(state, entry);
  }
  judge(undefined);
  for (const [revision, beyond] of answers)
    if (revision > state.revision)
      faults.push(`${describe(beyond[0])} has revision ${revision}, beyond the log's end`);
  return faults;
}

type Answered = Recorded & { readonly answer: object; readonly returnedAt: number };

function isAnswered(recorded: Recorded): recorded is Answered {
  return recorded.answer !== null;
}

function byRevision(history: readonly Answered[]): ReadonlyMap<number, readonly Answered[]> {
  const groups = new Map<number, Answered[]>();
  for (const recorded of history) {
    const group = groups.get(revisionOf(recorded)) ?? [];
    group.push(recorded);
    groups.set(revisionOf(recorded), group);
  }
  return groups;
}

function revisionOf({ answer }: Answered): number {
  return answer.revision;
}

/** An answer that wrote nothing, against the state at its revision. */
function answerFault(entries: readonly Entry[], state: State, recorded: Answered): string[] {
  switch (recorded.kind) {
    case 'submit':
      if (isCommitted(entries, recorded)) return [];
      return faultIf(!isDecided(decideAt(state, recorded.call, state.timeMs), recorded.answer), recorded);
    case 'awaitTicket':
      return faultIf(!isInLog(entries, recorded.call, recorded.answer), recorded);
    case 'status':
      return faultIf(!isStatusOf(state, recorded.answer), recorded);
  }
}

/** A command that the entry commits, against the decision at the revision before. */
function commitFault(before: State, entry: Entry, recorded: Answered): string[] {
  if (recorded.kind !== 'submit' || entry.requestId !== recorded.call.requestId) return [];
  const decision = decideAt(before, recorded.call, entry.atMs);
  if (decision.kind !== 'committed')
    return [`revision ${entry.revision}: the core would answer ${decision.kind}`];
  const isSame =
    equal(decision.events, entry.events) &&
    recorded.answer.ok &&
    equal(decision.result, recorded.answer.result);
  return faultIf(!isSame || !equal(entry.result, decision.result), recorded);
}

function faultIf(isFault: boolean, recorded: Recorded): string[] {
  return isFault ? [`${describe(recorded)} is not what the log says`] : [];
}

function describe(recorded: Recorded | undefined): string {
  return `the answer ${JSON.stringify(recorded?.answer)} to ${recorded?.kind} ${JSON.stringify(recorded?.call)}`;
}

function isCommitted(entries: readonly Entry[], { call, answer }: RecordedSubmit): boolean {
  const revision = answer?.revision ?? 0;
  return entries[revision - 1]?.requestId === call.requestId;
}

/** Without regard to the message, which may tell how much time is left. */
function isDecided(decision: Decision, reply: Reply): boolean {
  if (reply.ok)
    return (
      decision.kind === 'committed' && decision.events.length === 0 && equal(decision.result, reply.result)
    );
  if (decision.kind !== 'rejected') return false;
  const { code, details } = reply.rejection;
  return decision.rejection.code === code && equal(decision.rejection.details, details);
}

function isInLog(entries: readonly Entry[], { ticket, agent }: TicketRequest, reply: TicketReply): boolean {
  const has = (revision: number, isSought: (event: Event) => boolean): boolean =>
    revision <= reply.revision && (entries[revision - 1]?.events.some(isSought) ?? false);
  if (reply.kind === 'granted')
    return reply.locks.every(({ token, scope }) =>
      has(
        token,
        (event) =>
          event.kind === 'lock.granted' &&
          event.scope === scope &&
          event.ticket === ticket &&
          event.agent === agent,
      ),
    );
  return entries.some(({ revision }) =>
    has(
      revision,
      (event) => event.kind === 'ticket.ended' && event.ticket === ticket && event.cause === reply.cause,
    ),
  );
}

function isStatusOf(state: State, status: StatusAnswer): boolean {
  const locks = status.locks.map(({ scope, agent, token, deadlineMs }) => ({
    scope,
    agent,
    token,
    deadlineMs,
  }));
  const held = [...state.locks.values()].map(({ scope, agent, token, deadlineMs }) => ({
    scope,
    agent,
    token,
    deadlineMs,
  }));
  const byToken = (a: { readonly token: number }, b: { readonly token: number }): number => a.token - b.token;
  return (
    equal(locks.sort(byToken), held.sort(byToken)) &&
    equal(
      status.waiters.map((waiter) => waiter.ticket),
      [...state.tickets.keys()],
    ) &&
    status.agents.every(({ agent, status: said }) => state.agents.get(agent)?.status === said) &&
    status.violations.length === 0
  );
}

function decideAt(state: State, { requestId, command }: CommandRequest, atMs: number): Decision {
  const { secret, ...said } = { secret: '', ...command };
  const session = asSessionId(createHash('sha256').update(secret).digest('hex'));
  return decide(state, { ...said, session, atMs, requestId: asRequestId(requestId) } as unknown as Command);
}

/** As JSON sees it: what was recorded has travelled. */
function equal(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}

/**
 * Whatever returned before a call was made has a smaller revision than what the call committed, and none larger than
 * what it read or was refused at.
 */
function orderFaults(entries: readonly Entry[], history: readonly Recorded[]): string[] {
  const answered = withoutRepeats(history.filter(isAnswered));
  const byReturn = answered.toSorted((a, b) => a.returnedAt - b.returnedAt);
  const faults: string[] = [];
  let returned = 0;
  let newest = 0;
  for (const recorded of answered.toSorted((a, b) => a.calledAt - b.calledAt)) {
    for (
      let next = byReturn[returned];
      next !== undefined && next.returnedAt < recorded.calledAt;
      next = byReturn[returned]
    ) {
      newest = Math.max(newest, revisionOf(next));
      returned += 1;
    }
    const smallest = recorded.kind === 'submit' && isCommitted(entries, recorded) ? newest + 1 : newest;
    if (revisionOf(recorded) < smallest)
      faults.push(`${describe(recorded)} has a revision before ${newest}, which was told before the call`);
  }
  return faults;
}

/** A repeat gets the answer of the first call with its request id, so only that one is bound by time. */
function withoutRepeats(history: readonly Answered[]): readonly Answered[] {
  const seen = new Set<string>();
  return history
    .toSorted((a, b) => a.calledAt - b.calledAt)
    .filter((recorded) => {
      if (recorded.kind !== 'submit') return true;
      const isFirst = !seen.has(recorded.call.requestId);
      seen.add(recorded.call.requestId);
      return isFirst;
    });
}
