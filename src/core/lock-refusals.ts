/** Why an act on a lock is refused, in words: who has it, what became of it, and what to do next. */
import { must } from './assert.ts';
import { count } from './count.ts';
import type { Decision } from './decision.ts';
import type { Draft } from './draft.ts';
import { ago, timeLeft } from './length.ts';
import { named, quote, type AgentId, type FencingToken, type TimeMs } from './ids.ts';
import { endsBefore } from './leases.ts';
import { locksOverlapping } from './contention.ts';
import { linesOverlapping } from './lines.ts';
import { holdersShownMax } from './limits.ts';
import { byText } from './order.ts';
import type { Obstacle } from './queue.ts';
import type { HolderInTheWay } from './refusal-facts.ts';
import { reject } from './rejections.ts';
import type { Agent, Lock, LockEnd, State } from './state.ts';
import {
  nameWith,
  isSlot,
  lockNameOf,
  shownName,
  partsOf,
  shownTarget,
  type LockName,
  type Target,
} from './targets.ts';
import { heldUnder, scopeOf, wantedName, wishOf } from './overlap.ts';

/** Targets that a sentence names; how many there are it says besides, and the facts have all. */
const namedMax = 10;

/** Targets in a sentence: paths, and resources by their names. */
export function namedTargets(targets: readonly Target[]): string {
  const names = named(...targets.slice(0, namedMax).map(shownTarget));
  return targets.length <= namedMax ? names : `${names} and ${targets.length - namedMax} more`;
}

/** The refusal of an acquire that does not want to wait. */
export function busy(draft: Draft, agent: AgentId, targets: readonly Target[], obstacle: Obstacle): Decision {
  if (obstacle.kind === 'held') return lockHeld(draft, agent, obstacle.target);
  const queueLength = draft.state.tickets.size;
  if (obstacle.kind === 'reserved') {
    const { agent: waiter, ticket, sinceMs } = obstacle.waiter;
    return reject(
      'RESERVED_FOR_WAITER',
      `${namedTargets([obstacle.target])} ${keptFor(draft, agent, obstacle.target, waiter)}`,
      nameWith(wantedName(draft.state, obstacle.target), { waiter, ticket, sinceMs, queueLength }),
    );
  }
  const holders = [...draft.state.index.holders].sort(byText);
  const many = `${count(holders.length, 'agent')} ${holders.length === 1 ? 'holds' : 'hold'} locks`;
  return reject(
    'CONCURRENCY_LIMIT',
    `${namedTargets(targets)} ${targets.length === 1 ? 'is' : 'are'} free, but ${many} and no more may (max_concurrent_agents): ask to wait`,
    {
      holders,
      maxConcurrentAgents: draft.settings.maxConcurrentAgents,
      queueLength,
      ...wishOf(draft.state, targets),
    },
  );
}

/** Who holds the whole scope writes each file of it: nothing that is kept for another keeps it from that. */
function keptFor({ state }: Draft, asker: AgentId, target: Target, waiter: AgentId): string {
  const [own] = locksOf(state, asker, target);
  return own === undefined || isSlot(target)
    ? `is free, but kept for ${waiter}, who has waited longest: ask to wait as well`
    : `is kept for ${waiter}, who has waited longest; ${asker} holds ${namedTargets([own.target])}, and needs no other lock to write what that covers`;
}

function lockHeld(draft: Draft, asker: AgentId, target: Target): Decision {
  const inTheWay = locksInTheWay(draft.state, asker, target);
  const lock = must(inTheWay[0], `${target} is held`);
  const lines = linesOverlapping(draft.state, target);
  const queueLength = new Set(lines.flatMap((line) => [...line])).size;
  const earlier = endsBefore(draft.state, lock);
  const left = timeLeft(lock.deadlineMs - draft.atMs);
  const purpose = lock.reason === null ? '' : ` (${quote(lock.reason)})`;
  const rest = inTheWay.length === 1 ? '' : `, and ${inTheWay.length - 1} more in the way`;
  const isOther = lock.target !== target && !isSlot(target);
  const what = isOther
    ? `${namedTargets([target])} cannot be had: ${namedTargets([lock.target])}`
    : namedTargets([target]);
  return reject(
    'LOCK_HELD',
    `${what} is held by ${lock.agent}${purpose}${rest}; the lease runs ${left} more unless renewed, ${queueLength} wait: ask to wait, or work elsewhere`,
    nameWith(wantedName(draft.state, target), {
      holder: lock.agent,
      ...(isOther ? { holds: partsOf(lock) } : {}),
      epoch: lock.epoch,
      token: lock.token,
      reason: lock.reason,
      grantedAtMs: lock.grantedAtMs,
      deadlineMs: lock.deadlineMs,
      ...(earlier === null ? {} : { endsBefore: earlier }),
      queueLength,
      ...(inTheWay.length === 1
        ? {}
        : { others: inTheWay.slice(1, holdersShownMax).map(toldHolder), holdersInTheWay: inTheWay.length }),
    }),
  );
}

function toldHolder(lock: Lock): HolderInTheWay {
  const { agent, reason, grantedAtMs, deadlineMs, token } = lock;
  return nameWith(partsOf(lock), { holder: agent, token, reason, grantedAtMs, deadlineMs });
}

/** Locks of others that overlap a target, that of the very target first; of a resource all its slots. */
function locksInTheWay(state: State, asker: AgentId, target: Target): Lock[] {
  return locksOverlapping(state, target)
    .filter((lock) => isSlot(target) || lock.agent !== asker)
    .sort((a, b) => rankOf(a, target) - rankOf(b, target) || byText(a.target, b.target));
}

/** What an agent holds that overlaps a target. */
function locksOf(state: State, agent: AgentId, target: Target): Lock[] {
  return locksOverlapping(state, target).filter((lock) => lock.agent === agent);
}

const rankOf = (lock: Lock, target: Target): number => (lock.target === target ? 0 : 1);

/** Rejects a token that is not the lock's. Without a token there is nothing to compare; the session is proof enough. */
export function refusedStaleToken(
  state: State,
  target: Target,
  agent: Agent,
  token: FencingToken | null,
): Decision | null {
  const lock = state.locks.get(isSlot(target) ? (heldUnder(agent, target) ?? target) : target);
  if (token === null || lock === undefined || lock.token === token) return null;
  return reject(
    'STALE_FENCING_TOKEN',
    `token ${token} for ${namedTargets([target])} is not the current one (${lock.token}, held by ${lock.agent}): ${tokenAdvice(state, lock, agent.id, token)}`,
    nameWith(wantedName(state, target), { token, currentToken: lock.token, holder: lock.agent }),
  );
}

function tokenAdvice(state: State, lock: Lock, agent: AgentId, token: FencingToken): string {
  if (token > lock.token) return 'it is no token of this lock; present the one that its grant gave';
  if (lock.agent !== agent) return 'the lock was lost meanwhile; acquire it again and look at what changed';
  const lastEnd = lastEndOf(state, lock.target);
  if (lastEnd?.token === token && lastEnd.agent === agent)
    return `its hold under ${token} ${endings[lastEnd.cause]}; present the current one, and look at what changed in between`;
  return 'present the current one, and if an earlier hold had this, look at what changed in between';
}

/** How the last lock of a target ended; null when it is not known. Of the files of a scope only the last end is. */
function lastEndOf(state: State, target: Target): LockEnd | null {
  const scope = scopeOf(state, target);
  const lastEnd = scope === null ? null : (state.scopes.get(scope)?.lastEnd ?? null);
  return (lastEnd?.file ?? scope) === target ? lastEnd : null;
}

/** The refusal of an act that needs a lock which the agent does not hold: who does, and what became of its own. */
export function notHeld(
  state: State,
  target: Target,
  agent: Agent,
  atMs: TimeMs,
  advice = 'acquire it first',
): Decision {
  const holder = locksInTheWay(state, agent.id, target)[0]?.agent ?? null;
  const own = locksOf(state, agent.id, target).map((lock) => lock.target);
  const lastEnd = lastEndOf(state, target);
  const lastOwn = lastEnd?.agent === agent.id && lastEnd.epoch === agent.epoch ? lastEnd : null;
  const lost = lastOwn === null ? '' : `; its last hold ${endings[lastOwn.cause]} ${ago(lastOwn.atMs, atMs)}`;
  const free = own.length === 0 ? 'it is free' : `it holds ${namedTargets(own.toSorted(byText))}`;
  const now = holder === null ? free : `${holder} holds it`;
  return reject(
    'LOCK_NOT_HELD',
    `the lock of ${namedTargets([target])} is not held by ${agent.id} (${now}${lost}): ${advice}`,
    nameWith(wantedName(state, target), { holder, lastEnd }),
  );
}

/** The refusal to take back what nobody holds: of what overlaps it, somebody may hold some. */
export function nothingToRevoke(state: State, target: Target): Decision {
  const others = locksOverlapping(state, target).sort((a, b) => byText(a.target, b.target));
  const held = others.slice(0, holdersShownMax).map((lock) => `${whatOf(lock)} by ${lock.agent}`);
  const more = others.length > held.length ? `, and ${others.length - held.length} more` : '';
  const what = isSlot(target) ? whatOf(lockNameOf(target, null)) : namedTargets([target]);
  return reject(
    'LOCK_NOT_HELD',
    held.length === 0
      ? `${namedTargets([target])} is free: there is nothing to revoke`
      : `nobody holds ${what} itself, but ${held.join(', ')}${more}: name what is to be revoked`,
    nameWith(lockNameOf(target, scopeOf(state, target)), { holder: null }),
  );
}

/** A lock by all that it takes to revoke it. */
function whatOf(name: LockName): string {
  return name.resource === undefined
    ? named(shownName(name))
    : `slot ${name.slot} of ${named(name.resource)}`;
}

const endings: { readonly [Cause in LockEnd['cause']]: string } = {
  released: 'was given back',
  completed: 'was given back when it had completed',
  left: 'ended when it left',
  lost: 'ended when it was lost',
  blockedTooLong: 'was taken back because it had been blocked for too long',
  moved: 'ended when its file came to be in another scope',
  scopeRemoved: 'ended with its scope',
  expired: 'ended at its deadline',
  revoked: 'was revoked by an operator',
};
