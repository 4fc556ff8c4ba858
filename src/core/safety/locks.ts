/** Invariants about locks and the queue. */
import { isContended } from '../contention.ts';
import { Draft } from '../draft.ts';
import type { ScopePath } from '../ids.ts';
import { obstacleTo, waitsForPlace } from '../queue.ts';
import type { Lock, State, Waiter } from '../state.ts';
import { isSlot, resourceOf, targetOf, type Target } from '../targets.ts';
import { scopeOf } from '../overlap.ts';
import { deadlockedAgents } from '../wait-graph.ts';
import type { Violation } from './violation.ts';

/**
 * Every lock is of a scope that exists, of a file that is in that scope, or of a slot that there is; it belongs to a present agent
 * of that epoch, who knows it; and nothing that overlaps it has another holder.
 */
export function LockConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  for (const [target, lock] of state.locks) {
    const evidence = targetProblem(state, lock) ?? holderProblem(state, lock) ?? overlapProblem(state, lock);
    if (lock.target !== target || targetOf(lock) !== target)
      found.push(violation(target, `is filed under ${target}, but is of ${targetOf(lock)}`));
    if (evidence !== null) found.push(violation(target, evidence));
  }
  for (const agent of state.agents.values())
    for (const target of agent.held)
      if (state.locks.get(target)?.agent !== agent.id)
        found.push(violation(target, `${agent.id} is said to hold it, but the lock says otherwise`));
  return [...found, ...claimProblems(state)];

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'LockConsistency', subject, evidence };
  }
}

function targetProblem(state: State, { target, scope, file, resource, slot }: Lock): string | null {
  if (scope === undefined) {
    const capacity = state.settings.resources[resource] ?? 0;
    return slot >= 1 && slot <= capacity ? null : `is slot ${slot} of a resource that has ${capacity}`;
  }
  if (!state.scopes.has(scope)) return 'is locked, but is no scope';
  if (scopeOf(state, target) === scope) return null;
  return `${file} is held as a file of ${scope}, which it is not in`;
}

function holderProblem(state: State, lock: Lock): string | null {
  const agent = state.agents.get(lock.agent);
  if (agent === undefined) return `is held by ${lock.agent}, who has not joined`;
  if (agent.presence === 'lost') return `is held by ${lock.agent}, who is lost`;
  if (agent.epoch !== lock.epoch)
    return `is held by epoch ${lock.epoch} of ${lock.agent}, present is ${agent.epoch}`;
  return agent.held.has(lock.target) ? null : `${lock.agent} does not know that it holds it`;
}

/** Two agents at one target, one of which is the whole. (Two at the very same cannot be: it is filed once.) */
function overlapProblem(state: State, { file, scope, agent }: Lock): string | null {
  const whole = file === undefined || scope === undefined ? undefined : state.locks.get(scope);
  return whole === undefined || whole.agent === agent
    ? null
    : `is held by ${agent}, but the whole of ${scope} by ${whole.agent}`;
}

/** The index of files that are held agrees with the locks. */
function claimProblems({ locks, index }: State): Violation[] {
  const found: Violation[] = [];
  let files = 0;
  for (const [scope, claims] of index.claims) {
    files += claims.files.size;
    const counted = [...claims.byAgent.values()].reduce((sum, count) => sum + count, 0);
    const known = [...claims.files].filter((file) => locks.get(file)?.scope === scope).length;
    if (known !== claims.files.size || counted !== known || known === 0)
      found.push(
        violation(scope, `${known} files are held, the index says ${claims.files.size}, ${counted}`),
      );
  }
  const held = [...locks.values()].filter((lock) => lock.file !== undefined).length;
  if (held !== files) found.push(violation('*', `${held} files are held, the index says ${files}`));
  return found;

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'LockConsistency', subject, evidence };
  }
}

/** Every lock has a deadline after its grant, the index would end it then, and its hold is bounded while others wait for it. */
export function LockTimeouts(state: State): Violation[] {
  const found: Violation[] = [];
  for (const lock of state.locks.values()) {
    if (lock.deadlineMs <= lock.grantedAtMs)
      found.push(violation(lock, `ends at ${lock.deadlineMs}, not after its grant at ${lock.grantedAtMs}`));
    if (state.index.lockDeadlines.get(lock.target) !== lock.deadlineMs)
      found.push(violation(lock, `ends at ${lock.deadlineMs}, but the index does not know`));
    if ((lock.contendedSinceMs !== null) !== isContended(state, lock))
      found.push(violation(lock, `contended since ${lock.contendedSinceMs}, but the queue says otherwise`));
  }
  return found;

  function violation(lock: Lock, evidence: string): Violation {
    return { invariant: 'LockTimeouts', subject: lock.target, evidence };
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
      subject: lock.target,
      evidence: `token ${lock.token} of ${lock.agent} (epoch ${lock.epoch}) at revision ${state.revision}`,
    }));
}

/** Nobody waits for what can never come: the wait-for graph has no deadlock. */
export function DeadlockPrevention(state: State): Violation[] {
  return [...deadlockedAgents(state).keys()].map((agent) => ({
    invariant: 'DeadlockPrevention',
    subject: agent,
    evidence: 'waits for something that can never come free',
  }));
}

/** Tickets are in order, of present agents, for what exists; indexes agree; none that could be granted is left waiting. */
export function QueueConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  const draft = new Draft(state, state.timeMs);
  let previous = 0;
  for (const [number, waiter] of state.tickets) {
    const evidence = waiterProblem(state, draft, number, previous, waiter);
    if (evidence !== null) found.push(violation(`ticket ${number}`, evidence));
    previous = number;
  }
  for (const [target, queue] of state.index.queues) {
    if (queue.size === 0) found.push(violation(target, 'has an empty queue'));
    for (const ticket of queue)
      if (state.tickets.get(ticket)?.targets.includes(target) !== true)
        found.push(violation(target, `ticket ${ticket} is indexed here, but does not wait for it`));
  }
  for (const [scope, queue] of state.index.fileQueues) {
    if (queue.size === 0) found.push(violation(scope, 'has an empty queue for its files'));
    for (const ticket of queue)
      if (state.tickets.get(ticket)?.targets.some((target) => isFileOf(state, target, scope)) !== true)
        found.push(violation(scope, `ticket ${ticket} is indexed here, but waits for no file of it`));
  }
  if (![...state.index.queue].every((ticket) => state.tickets.has(ticket)))
    found.push(violation('*', 'a ticket of the index is unknown'));
  const placeIsWanted = [...state.tickets.values()].some(
    (waiter) =>
      waiter.targets.every((target) => wishProblem(state, target) === null) && waitsForPlace(draft, waiter),
  );
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
  for (const target of waiter.targets) {
    const problem = wishProblem(state, target);
    if (problem !== null) return problem;
    if (state.index.queues.get(target)?.has(waiter.ticket) !== true) return `is not indexed under ${target}`;
    const scope = scopeOf(state, target);
    if (scope === null || scope === target) continue;
    if (state.index.fileQueues.get(scope)?.has(waiter.ticket) !== true)
      return `waits for a file of ${scope}, but is not indexed there`;
  }
  return obstacleTo(draft, waiter.agent, waiter.targets, waiter) === null
    ? 'could be granted, but waits'
    : null;
}

function wishProblem(state: State, target: Target): string | null {
  if (!isSlot(target))
    return scopeOf(state, target) === null ? `waits for ${target}, which is in no scope` : null;
  const resource = resourceOf(target);
  return state.settings.resources[resource] === undefined
    ? `waits for ${resource}, which is no resource`
    : null;
}

function isFileOf(state: State, target: Target, scope: ScopePath): boolean {
  return target !== scope && scopeOf(state, target) === scope;
}
