/**
 * Contention: since when somebody waits for what a lock covers. It is kept with each lock, so that its holder can be told, and so
 * that its renewals end in time (`leases.ts`). Nobody is in contention with itself: who holds a file and waits for the whole of
 * its scope does not shorten its own hold. The slots of a resource are contended only while none is free.
 *
 * Events note what they touch, and all of it is settled when the last event of a revision has happened: a slot that is given
 * back and granted to the next in one revision was never free, so who holds the others has been wanted all along.
 */
import type { Slot, TimeMs } from './ids.ts';
import { linesOverlapping } from './lines.ts';
import type { Lock, State } from './state.ts';
import { isSlot, resourceOf, slotOf, type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';

/** Notes the locks that overlap a target: a lock or a ticket of it has come or gone. */
export function touchContention(state: State, target: Target): void {
  for (const lock of locksOverlapping(state, target)) state.index.unsettled.add(lock.target);
}

/** Brings the locks that were touched in line. */
export function settleContention(state: State, atMs: TimeMs): void {
  const { unsettled } = state.index;
  for (const target of unsettled) {
    const lock = state.locks.get(target);
    if (lock === undefined) continue;
    if (!isContended(state, lock)) lock.contendedSinceMs = null;
    else lock.contendedSinceMs ??= atMs;
  }
  unsettled.clear();
}

/** Whether somebody else waits for what overlaps a lock, and cannot have it elsewhere. */
export function isContended(state: State, { target, agent }: Lock): boolean {
  if (isSlot(target) && hasFreeSlot(state, target)) return false;
  const own = state.agents.get(agent)?.ticket ?? null;
  return linesOverlapping(state, target).some((line) => line.size > (own !== null && line.has(own) ? 1 : 0));
}

function hasFreeSlot(state: State, slot: Slot): boolean {
  return slotsOf(state, slot).some((other) => !state.locks.has(other));
}

/** All slots of the resource of one. */
function slotsOf(state: State, target: Slot): Slot[] {
  const resource = resourceOf(target);
  const capacity = state.settings.resources[resource] ?? 0;
  return Array.from({ length: capacity }, (_, place) => slotOf(resource, place + 1));
}

/** The locks of whatever overlaps a target, of itself too; of a resource those of all its slots. */
export function locksOverlapping(state: State, target: Target): Lock[] {
  if (isSlot(target)) return locksOf(state, slotsOf(state, target));
  const scope = scopeOf(state, target);
  if (scope === null) return locksOf(state, [target]);
  if (target !== scope) return locksOf(state, [target, scope]);
  const claims = state.index.claims.get(scope);
  return locksOf(state, claims === undefined ? [scope] : [scope, ...claims.files]);
}

/** Those of these targets that are held. */
function locksOf(state: State, targets: readonly Target[]): Lock[] {
  const locks: Lock[] = [];
  for (const target of targets) {
    const lock = state.locks.get(target);
    if (lock !== undefined) locks.push(lock);
  }
  return locks;
}
