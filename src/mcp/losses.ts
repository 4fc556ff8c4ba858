/** How an agent lost what it held, as the log tells it. */
import type { Entry, EventOf, ReleaseCause, ScopePath } from '../core/index.ts';
import type { Coordinator, HistoryFilter } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';
import type { Loss } from './notices.ts';
import { inTime } from './in-time.ts';
import type { LogClock } from './log-clock.ts';
import type { AgentSession } from './ports.ts';
import { duration, purpose, quoted } from './text.ts';

type LockEnd = EventOf<'lock.expired' | 'lock.revoked' | 'lock.released'>;

/** Entries of one scope that are looked through for the end of a lock; it is among the last ones. */
const endsMax = 50;
/** Entries of one agent that are looked through for what it lost while nobody kept it. */
const lockEntriesMax = 50;
/** How long the cause is looked for, in milliseconds: that something was lost is to be told in any case. */
const patienceMs = 2_000;

const endKinds = ['lock.expired', 'lock.revoked', 'lock.released'] as const;

/** What is told of a loss: when and by what, or, when the log cannot be read in time, how to find out. */
export async function lossText(
  coordinator: Coordinator,
  clock: Pick<LogClock, 'nowMs'> & Pick<Timers, 'schedule'>,
  loss: Loss,
): Promise<string> {
  if (loss.isHandedOver === true)
    return `LOST ${quoted(loss.scope)} (token ${loss.token}): another process goes on as you, and has it now. Do not write there.`;
  const filter: HistoryFilter = { scope: loss.scope, events: endKinds };
  const query = { kind: 'history', filter, limit: endsMax, before: null } as const;
  const entries = await inTime(
    clock,
    patienceMs,
    coordinator.query(query).then((answer) => answer.entries),
  );
  const untold = loss.isTold ? '' : ', which was granted while you did not wait,';
  const what = `LOST ${quoted(loss.scope)} (token ${loss.token})${untold}`;
  for (const entry of entries ?? []) {
    const end = lockEnds(entry).find(({ scope, token }) => scope === loss.scope && token === loss.token);
    if (end !== undefined)
      return `${what} ${duration(clock.nowMs() - entry.atMs)} ago: ${causeText(end, entry)}. Do not write there; lock_check says who has it now.`;
  }
  return `${what.replace(/,$/, '')}: lock_check says why. Do not write there.`;
}

/** What this incarnation of an agent has lost, was not granted again and was not told of yet, the oldest first. */
export async function lossesOf(
  coordinator: Coordinator,
  { agent, epoch, toldUpTo }: AgentSession,
): Promise<readonly Loss[]> {
  const filter: HistoryFilter = { agent, events: ['lock.granted', ...endKinds] };
  const { entries } = await coordinator.query({
    kind: 'history',
    filter,
    limit: lockEntriesMax,
    before: null,
  });
  const last = new Map<ScopePath, (LockEnd & Pick<Loss, 'by'>) | null>();
  for (const { revision, events } of entries) {
    if (revision <= (toldUpTo ?? epoch)) break;
    for (const event of events.toReversed())
      if (isOfLock(event) && event.agent === agent && !last.has(event.scope))
        last.set(event.scope, event.kind === 'lock.granted' ? null : { ...event, by: revision });
  }
  const lost = [...last.values()].filter((end) => end !== null).filter(isInvoluntary);
  return lost.map(({ scope, token, by }) => ({ scope, token, by, isTold: true })).toReversed();
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

function causeText(end: LockEnd, { by }: Entry): string {
  if (end.kind === 'lock.expired') return 'its lease ended';
  if (end.kind === 'lock.revoked') return `${by ?? 'an operator'} revoked it${purpose(end.reason)}`;
  return releaseCauses[end.cause];
}

const releaseCauses: { readonly [Cause in ReleaseCause]: string } = {
  released: 'it was given back in your name, but not through this server',
  completed: 'somebody completed in your name, but not through this server',
  left: 'somebody left in your name, but not through this server',
  lost: 'your session ended',
  blockedTooLong: 'you were blocked for longer than max_block_time allows',
  scopeRemoved: 'the scope was removed',
};
