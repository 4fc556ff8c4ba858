/** How an agent lost what it held, as the log tells it. */
import { oneNameOf, partsOf, targetOf } from '../core/index.ts';
import type { Entry, EventOf, Revision, Target } from '../core/index.ts';
import type { Coordinator, HistoryFilter } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';
import type { Held } from './holdings.ts';
import { inTime } from './in-time.ts';
import type { AgentSession } from './session.ts';

/** What an agent has to be told of a lock that it has no more. */
export type Loss = Held & {
  /** Whether it knew that it had it. */
  readonly isTold: boolean;
  /** A revision by which it was over. */
  readonly by: Revision;
  /** Whether the lock is held still, by another process that goes on as the agent. */
  readonly isHandedOver?: boolean;
};

type LockEnd = EventOf<'lock.expired' | 'lock.revoked' | 'lock.released'>;

/** How a lock ended, and when. */
export interface Ended {
  readonly end: LockEnd;
  readonly entry: Entry;
}

/** Entries of one target that are looked through for the end of a lock; it is among the last ones. */
const endsMax = 50;
/** Entries of one agent that are looked through for what it lost while nobody kept it. */
const lockEntriesMax = 50;
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
    const end = lockEnds(entry).find((each) => targetOf(each) === target && each.token === token);
    if (end !== undefined) return { end, entry };
  }
  return answer.begunAnew !== undefined && token < answer.first ? 'begunAnew' : null;
}

/** What this incarnation of an agent has lost, was not granted again and was not told of yet, the oldest first. */
export async function lossesOf(
  coordinator: Pick<Coordinator, 'query'>,
  { agent, epoch, toldUpTo }: AgentSession,
): Promise<readonly Loss[]> {
  const filter: HistoryFilter = { agent, events: ['lock.granted', ...endKinds] };
  const { entries } = await coordinator.query({
    kind: 'history',
    filter,
    limit: lockEntriesMax,
    before: null,
  });
  const last = new Map<Target, (LockEnd & Pick<Loss, 'by'>) | null>();
  for (const { revision, events } of entries) {
    if (revision <= (toldUpTo ?? epoch)) break;
    for (const event of events.toReversed())
      if (isOfLock(event) && event.agent === agent && !last.has(targetOf(event)))
        last.set(targetOf(event), event.kind === 'lock.granted' ? null : { ...event, by: revision });
  }
  const lost = [...last.values()].filter((end) => end !== null).filter(isInvoluntary);
  return lost
    .map((lock) => ({ ...partsOf(lock), token: lock.token, by: lock.by, isTold: true }))
    .toReversed();
}

function isOfLock(event: Entry['events'][number]): event is LockEnd | EventOf<'lock.granted'> {
  return event.kind === 'lock.granted' || isLockEnd(event);
}

function isLockEnd(event: Entry['events'][number]): event is LockEnd {
  return endKinds.some((kind) => kind === event.kind);
}

const lockEnds = ({ events }: Entry): LockEnd[] => events.filter(isLockEnd);

function isInvoluntary(end: LockEnd): boolean {
  return end.kind !== 'lock.released' || !['released', 'completed', 'left'].includes(end.cause);
}
