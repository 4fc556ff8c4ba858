/** Why an act on a lock is refused, in words: who has it, what became of it, and what to do next. */
import { must } from './assert.ts';
import type { Decision } from './decision.ts';
import type { Draft } from './draft.ts';
import { ago, timeLeft } from './length.ts';
import { named, quote, type AgentId, type FencingToken, type ScopePath, type TimeMs } from './ids.ts';
import { endsBefore } from './leases.ts';
import type { Obstacle } from './queue.ts';
import { reject } from './rejections.ts';
import type { Agent, Lock, LockEnd, State } from './state.ts';

/** The refusal of an acquire that does not want to wait. */
export function busy(draft: Draft, scopes: readonly ScopePath[], obstacle: Obstacle): Decision {
  if (obstacle.kind === 'held') return lockHeld(draft, obstacle.scope);
  const queueLength = draft.state.tickets.size;
  if (obstacle.kind === 'reserved') {
    const { agent, ticket, sinceMs } = obstacle.waiter;
    return reject(
      'RESERVED_FOR_WAITER',
      `${named(obstacle.scope)} is free, but kept for ${agent}, who has waited longest: ask to wait as well`,
      { scope: obstacle.scope, waiter: agent, ticket, sinceMs, queueLength },
    );
  }
  const holders = [...new Set([...draft.state.locks.values()].map((lock) => lock.agent))].sort();
  const many = holders.length === 1 ? '1 agent holds locks' : `${holders.length} agents hold locks`;
  return reject(
    'CONCURRENCY_LIMIT',
    `${named(...scopes)} is free, but ${many} and no more may (max_concurrent_agents): ask to wait`,
    { scopes, holders, maxConcurrentAgents: draft.settings.maxConcurrentAgents, queueLength },
  );
}

function lockHeld(draft: Draft, scope: ScopePath): Decision {
  const lock = must(draft.lockOf(scope), `${scope} is held`);
  const queueLength = draft.state.index.queues.get(scope)?.size ?? 0;
  const earlier = endsBefore(draft.state, lock);
  const left = timeLeft(lock.deadlineMs - draft.atMs);
  const purpose = lock.reason === null ? '' : ` (${quote(lock.reason)})`;
  return reject(
    'LOCK_HELD',
    `${named(scope)} is held by ${lock.agent}${purpose}; the lease runs ${left} more unless renewed, ${queueLength} wait: ask to wait, or work elsewhere`,
    {
      scope,
      holder: lock.agent,
      epoch: lock.epoch,
      token: lock.token,
      reason: lock.reason,
      grantedAtMs: lock.grantedAtMs,
      deadlineMs: lock.deadlineMs,
      ...(earlier === null ? {} : { endsBefore: earlier }),
      queueLength,
    },
  );
}

/** Rejects a token that is not the lock's. Without a token there is nothing to compare; the session is proof enough. */
export function refusedStaleToken(
  state: State,
  scope: ScopePath,
  agent: AgentId,
  token: FencingToken | null,
): Decision | null {
  const lock = state.locks.get(scope);
  if (token === null || lock === undefined || lock.token === token) return null;
  return reject(
    'STALE_FENCING_TOKEN',
    `token ${token} for ${named(scope)} is not the current one (${lock.token}, held by ${lock.agent}): ${tokenAdvice(state, lock, agent, token)}`,
    { scope, token, currentToken: lock.token, holder: lock.agent },
  );
}

function tokenAdvice(state: State, lock: Lock, agent: AgentId, token: FencingToken): string {
  if (token > lock.token) return 'it is no token of this lock; present the one that its grant gave';
  if (lock.agent !== agent) return 'the lock was lost meanwhile; acquire it again and look at what changed';
  const lastEnd = state.scopes.get(lock.scope)?.lastEnd;
  if (lastEnd?.token === token && lastEnd.agent === agent)
    return `its hold under ${token} ${endings[lastEnd.cause]}; present the current one, and look at what changed in between`;
  return 'present the current one, and if an earlier hold had this, look at what changed in between';
}

/** The refusal of an act that needs a lock which the agent does not hold: who does, and what became of its own. */
export function notHeld(
  state: State,
  scope: ScopePath,
  agent: Agent,
  atMs: TimeMs,
  advice = 'acquire it first',
): Decision {
  const holder = state.locks.get(scope)?.agent ?? null;
  const now = holder === null ? 'it is free' : `${holder} holds it`;
  const lastEnd = state.scopes.get(scope)?.lastEnd ?? null;
  const own = lastEnd?.agent === agent.id && lastEnd.epoch === agent.epoch ? lastEnd : null;
  const lost = own === null ? '' : `; its last hold ${endings[own.cause]} ${ago(own.atMs, atMs)}`;
  return reject(
    'LOCK_NOT_HELD',
    `the lock of ${named(scope)} is not held by ${agent.id} (${now}${lost}): ${advice}`,
    { scope, holder, lastEnd },
  );
}

const endings: { readonly [Cause in LockEnd['cause']]: string } = {
  released: 'was given back',
  completed: 'was given back when it had completed',
  left: 'ended when it left',
  lost: 'ended when it was lost',
  blockedTooLong: 'was taken back because it had been blocked for too long',
  scopeRemoved: 'ended with its scope',
  expired: 'ended at its deadline',
  revoked: 'was revoked by an operator',
};
