/** Invariants about locks and the queue. */
import { Draft } from '../draft.ts';
import { obstacleTo, waitsForPlace } from '../queue.ts';
import type { Lock, State, Waiter } from '../state.ts';
import { deadlockedAgents } from '../wait-graph.ts';
import type { Violation } from './violation.ts';

/** Every lock is of a scope that exists and belongs to a present agent of that epoch, who knows it. */
export function LockConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  for (const [scope, lock] of state.locks) {
    const evidence = lockProblem(state, lock);
    if (lock.scope !== scope)
      found.push(violation(scope, `is filed under ${scope}, but is of ${lock.scope}`));
    if (evidence !== null) found.push(violation(scope, evidence));
  }
  for (const agent of state.agents.values())
    for (const scope of agent.held)
      if (state.locks.get(scope)?.agent !== agent.id)
        found.push(violation(scope, `${agent.id} is said to hold it, but the lock says otherwise`));
  return found;

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'LockConsistency', subject, evidence };
  }
}

function lockProblem(state: State, lock: Lock): string | null {
  if (!state.scopes.has(lock.scope)) return 'is locked, but is no scope';
  const agent = state.agents.get(lock.agent);
  if (agent === undefined) return `is held by ${lock.agent}, who has not joined`;
  if (agent.presence === 'lost') return `is held by ${lock.agent}, who is lost`;
  if (agent.epoch !== lock.epoch)
    return `is held by epoch ${lock.epoch} of ${lock.agent}, present is ${agent.epoch}`;
  return agent.held.has(lock.scope) ? null : `${lock.agent} does not know that it holds it`;
}

/** Every lock has a deadline after its grant, the index would end it then, and its hold is bounded while others wait for it. */
export function LockTimeouts(state: State): Violation[] {
  const found: Violation[] = [];
  for (const lock of state.locks.values()) {
    if (lock.deadlineMs <= lock.grantedAtMs)
      found.push(violation(lock, `ends at ${lock.deadlineMs}, not after its grant at ${lock.grantedAtMs}`));
    if (state.index.lockDeadlines.get(lock.scope) !== lock.deadlineMs)
      found.push(violation(lock, `ends at ${lock.deadlineMs}, but the index does not know`));
    if ((lock.contendedSinceMs !== null) !== state.index.queues.has(lock.scope))
      found.push(violation(lock, `contended since ${lock.contendedSinceMs}, but the queue says otherwise`));
  }
  return found;

  function violation(lock: Lock, evidence: string): Violation {
    return { invariant: 'LockTimeouts', subject: lock.scope, evidence };
  }
}

/**
 * No token, and no grant, is from the future, and each token is from after its holder's join. That tokens grow from grant to
 * grant, no single state shows.
 */
export function FencingMonotonic(state: State): Violation[] {
  return [...state.locks.values()]
    .filter(
      (lock) => lock.token > state.revision || lock.token <= lock.epoch || lock.grantedAtMs > state.timeMs,
    )
    .map((lock) => ({
      invariant: 'FencingMonotonic',
      subject: lock.scope,
      evidence: `token ${lock.token} of ${lock.agent} (epoch ${lock.epoch}) at revision ${state.revision}`,
    }));
}

/** Nobody waits for what can never come: the wait-for graph has no deadlock. */
export function DeadlockPrevention(state: State): Violation[] {
  if (state.settings.maxLocksPerAgent === 1) return holdAndWait(state);
  return [...deadlockedAgents(state).keys()].map((agent) => ({
    invariant: 'DeadlockPrevention',
    subject: agent,
    evidence: 'waits for something that can never come free',
  }));
}

/** With one lock for each agent, deadlock is impossible because who waits holds nothing. */
function holdAndWait(state: State): Violation[] {
  return [...state.tickets.values()]
    .filter((waiter) => (state.agents.get(waiter.agent)?.held.size ?? 0) > 0)
    .map((waiter) => ({
      invariant: 'DeadlockPrevention',
      subject: waiter.agent,
      evidence: 'holds a lock and waits for another',
    }));
}

/** Tickets are in order, of present agents, for existing scopes; indexes agree; none that could be granted is left waiting. */
export function QueueConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  const draft = new Draft(state, state.timeMs);
  let previous = 0;
  for (const [number, waiter] of state.tickets) {
    const evidence = waiterProblem(state, draft, number, previous, waiter);
    if (evidence !== null) found.push(violation(`ticket ${number}`, evidence));
    previous = number;
  }
  for (const [scope, queue] of state.index.queues) {
    if (queue.size === 0) found.push(violation(scope, 'has an empty queue'));
    for (const ticket of queue)
      if (state.tickets.get(ticket)?.scopes.includes(scope) !== true)
        found.push(violation(scope, `ticket ${ticket} is indexed here, but does not wait for it`));
  }
  if (![...state.index.queue].every((ticket) => state.tickets.has(ticket)))
    found.push(violation('*', 'a ticket of the index is unknown'));
  const placeIsWanted = [...state.tickets.values()].some((waiter) => waitsForPlace(draft, waiter));
  if (placeIsWanted !== (state.placeWaitSinceMs !== null))
    found.push(
      violation('*', `a place is wanted since ${state.placeWaitSinceMs}, but the queue says otherwise`),
    );
  return found;

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'QueueConsistency', subject, evidence };
  }
}

function waiterProblem(
  state: State,
  draft: Draft,
  number: number,
  previous: number,
  waiter: Waiter,
): string | null {
  if (waiter.ticket !== number || number <= previous) return 'is out of order';
  const agent = state.agents.get(waiter.agent);
  if (agent === undefined || agent.presence === 'lost')
    return `belongs to ${waiter.agent}, who is not present`;
  if (agent.epoch !== waiter.epoch || agent.ticket !== number)
    return `${waiter.agent} does not know that it waits`;
  if (!state.index.queue.has(waiter.ticket)) return 'is not in the queue';
  for (const scope of waiter.scopes) {
    if (!state.scopes.has(scope)) return `waits for ${scope}, which is no scope`;
    if (state.index.queues.get(scope)?.has(waiter.ticket) !== true) return `is not indexed under ${scope}`;
  }
  return obstacleTo(draft, waiter.agent, waiter.scopes, waiter) === null
    ? 'could be granted, but waits'
    : null;
}
