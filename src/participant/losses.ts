/** How an agent lost what it held, as the log tells it. */
import { isLockEnd, oneNameOf, targetOf } from '../core/index.ts';
import type { Entry, LockEndEvent, Revision } from '../core/index.ts';
import type { Coordinator, HistoryFilter } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';
import type { Held } from './holdings.ts';
import { inTime } from './in-time.ts';

/** What an agent has to be told of a lock that it has no more. */
export type Loss = Held & {
  /** Whether it knew that it had it. */
  readonly isTold: boolean;
  /** A revision by which it was over. */
  readonly by: Revision;
  /** Whether the lock is held still, by another process that goes on as the agent. */
  readonly isHandedOver?: boolean;
};

/** How a lock ended, and when. */
export interface Ended {
  readonly end: LockEndEvent;
  readonly entry: Entry;
}

/** Entries of one target that are looked through for the end of a lock; it is among the last ones. */
const endsMax = 50;
/** How long the cause is looked for, in milliseconds: that something was lost is to be told in any case. */
const patienceMs = 2_000;

const endKinds = ['lock.expired', 'lock.revoked', 'lock.released'] as const;

/**
 * How a lock ended; null where the log has it no more, or cannot be read in time. `begunAnew`: it is from before the log
 * began anew.
 */
export async function endOf(
  coordinator: Pick<Coordinator, 'query'>,
  time: Pick<Timers, 'schedule'>,
  lock: Held,
): Promise<Ended | 'begunAnew' | null> {
  const { token } = lock;
  const target = targetOf(lock);
  const filter: HistoryFilter = { ...oneNameOf(lock), events: endKinds };
  const query = { kind: 'history', filter, limit: endsMax, before: null } as const;
  const answer = await inTime(time, patienceMs, coordinator.query(query));
  if (answer === null) return null;
  for (const entry of answer.entries) {
    const end = entry.events
      .filter(isLockEnd)
      .find((each) => targetOf(each) === target && each.token === token);
    if (end !== undefined) return { end, entry };
  }
  return answer.begunAnew !== undefined && token < answer.first ? 'begunAnew' : null;
}
