/** Leases: how long a lock lasts, and how its end moves. */
import { must } from './assert.ts';
import { addMs, type DurationMs, type TimeMs } from './ids.ts';
import type { Grant } from './results.ts';
import type { Lock, State } from './state.ts';
import { nameWith, partsOf, type Target } from './targets.ts';

/**
 * Since when somebody waits for what this lock's holder has: for what it covers, or, of a scope, for any place among the
 * `maxConcurrentAgents`. Null while nobody does.
 */
export function contendedSince(state: State, lock: Lock): TimeMs | null {
  const forScope = lock.contendedSinceMs;
  if (state.placeWaitSinceMs === null || lock.scope === undefined) return forScope;
  const forPlace = state.placeWaitSinceMs > lock.grantedAtMs ? state.placeWaitSinceMs : lock.grantedAtMs;
  return forScope !== null && forScope < forPlace ? forScope : forPlace;
}

/**
 * The deadline after a renewal. While nobody waits it moves as far as asked. From the moment somebody waits, the holder
 * keeps the lock for at most `maxContendedHoldMs` more, however often it renews. A deadline that was promised is never
 * taken back.
 */
export function renewedDeadline(state: State, lock: Lock, ttlMs: DurationMs, atMs: TimeMs): TimeMs {
  const wished = addMs(atMs, ttlMs);
  const since = contendedSince(state, lock);
  const latest = since === null ? wished : addMs(since, state.settings.maxContendedHoldMs);
  const granted = wished < latest ? wished : latest;
  return granted > lock.deadlineMs ? granted : lock.deadlineMs;
}

/** What ends a lock before its lease does, and when; a sign of life, or of going on, puts it off. */
export interface EarlierEnd {
  readonly atMs: TimeMs;
  /** The holder's session ends, or it will have been blocked for too long. */
  readonly cause: 'session' | 'blocked';
}

/** Null: the lease itself ends first. */
export function endsBefore(state: State, lock: Lock): EarlierEnd | null {
  const holder = state.agents.get(lock.agent);
  if (holder === undefined) return null;
  // Who waits in the queue while blocked loses its place there first, and no lock.
  const blockEndMs = holder.ticket === null ? state.index.blockDeadlines.get(holder.id) : null;
  const ends: EarlierEnd[] = [{ atMs: holder.sessionDeadlineMs, cause: 'session' }];
  if (blockEndMs !== null) ends.push({ atMs: blockEndMs, cause: 'blocked' });
  return ends.filter(({ atMs }) => atMs < lock.deadlineMs).toSorted((a, b) => a.atMs - b.atMs)[0] ?? null;
}

/** When a lock that others wait for ends at the latest, however often it is renewed; null while nobody waits. */
export function latestEnd(state: State, lock: Lock): TimeMs | null {
  const since = contendedSince(state, lock);
  if (since === null) return null;
  const latest = addMs(since, state.settings.maxContendedHoldMs);
  return latest > lock.deadlineMs ? latest : lock.deadlineMs;
}

/** Moves a lease's deadline, in the lock and in the index. */
export function setLease(state: State, target: Target, deadlineMs: TimeMs): void {
  const lock = must(state.locks.get(target), `the lease of ${target} is held`);
  lock.deadlineMs = deadlineMs;
  state.index.lockDeadlines.set(target, deadlineMs);
}

/** A lock as its holder sees it. */
export function toGrant(state: State, lock: Lock, deadlineMs = lock.deadlineMs): Grant {
  const { token } = lock;
  return nameWith(partsOf(lock), { token, deadlineMs, contendedSinceMs: contendedSince(state, lock) });
}
