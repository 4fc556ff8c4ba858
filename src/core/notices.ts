/**
 * Notices: what an agent has to know and nobody has said to it. They are stored nowhere: they follow from the log, and from
 * how things stand after it.
 *
 * Which notices there are is asked about a stretch of the log, from where the agent was told last (not included) to an upper
 * end (included). So each is told once, however often and by whichever face it is asked for. A notice belongs
 *
 *     lost, waitEnded, changed      to the stretch that has the entry by which it came about;
 *     waitServed, wanted, beside    to the stretch that has the later of the two numbers that make it: of a grant, of a ticket;
 *     broken                        to the stretch that has the later of the grant and of what was found;
 *     leaseEnding, wanted for a place  to the stretch of time in which it became so; a slot that others wait for, too, where it
 *                                   is later that no other one is free.
 *
 * What the agent itself has done is no notice. What is over by now is not told any more; a lock that was lost is, unless the
 * agent has it again. Who works beside an agent, and what is wrong with a scope as a whole, may be told anew: where one of them
 * has given back the first of its files.
 */
import { locksOverlapping } from './contention.ts';
import type { Entry, TicketEndCause } from './events.ts';
import type { AgentId, Revision } from './ids.ts';
import {
  isInvoluntary,
  isLockEnd,
  type LockEndEvent,
  type Notice,
  type NoticeOf,
  type Stretch,
  type Told,
} from './notice.ts';
import { changesBelow } from './notices-of-changes.ts';
import { besides, brokenRules, endingLeases, servedWait, wantedLocks } from './notices-of-state.ts';
import type { Agent, State } from './state.ts';
import { isSlot, partsOf, targetOf, type Target, type Wish } from './targets.ts';

/** What `noticesFor` needs to know of the log. */
export interface LogOfNotices extends Stretch {
  /** Those of the stretch that have an event of {@link noticeEventKinds}, the oldest first. */
  readonly entries: readonly Entry[];
  /** The entries at the beginnings that `noticeBeginnings` names, as far as the log has them. */
  readonly begun: ReadonlyMap<Revision, Entry>;
}

/** Events by which a notice may come about that the state alone does not tell. */
export const noticeEventKinds = [
  'lock.released',
  'lock.expired',
  'lock.revoked',
  'ticket.ended',
  'context.modified',
  'repository.changed',
  'sync.invalidated',
] as const;

/**
 * What an agent is told of a stretch of the log, the most important first. `state`: as of its upper end or later. Of an
 * incarnation that is over: what it has lost.
 */
export function noticesFor(state: State, who: Told, log: LogOfNotices): Notice[] {
  const agent = state.agents.get(who.agent);
  const isCurrent = agent !== undefined && agent.epoch === who.epoch;
  const entries = log.entries.filter(({ revision }) => revision > who.epoch && isOfHis(agent, who, revision));
  const past = [...lostLocks(state, who, entries), ...endedWaits(who, entries, log.begun)];
  if (!isCurrent || agent.presence === 'lost') return past;
  return [
    ...past,
    ...endingLeases(state, agent, log),
    ...servedWait(state, agent, log),
    ...wantedLocks(state, agent, log),
    ...brokenRules(state, agent, log),
    ...changesBelow(state, agent, entries, log.begun),
    ...besides(state, agent, log),
  ];
}

/** What happened under the name from the next incarnation on is that one's. */
function isOfHis(agent: Agent | undefined, { epoch }: Told, revision: Revision): boolean {
  return agent === undefined || agent.epoch <= epoch || revision < agent.epoch;
}

const lockEnds = ({ events }: Entry): LockEndEvent[] => events.filter(isLockEnd);

function lostLocks(state: State, { agent }: Told, entries: readonly Entry[]): Notice[] {
  const lost = new Map<Target, NoticeOf<'lost'>>();
  for (const entry of entries)
    for (const end of lockEnds(entry)) {
      const target = targetOf(end);
      if (end.agent !== agent || state.locks.get(target)?.agent === agent) continue;
      if (!isInvoluntary(end)) {
        // It gives back what was granted again after it was lost.
        lost.delete(target);
        continue;
      }
      const heldBy = otherOn(state, agent, target);
      const { revision, atMs, by } = entry;
      const { token } = end;
      lost.set(target, { kind: 'lost', ...partsOf(end), token, revision, atMs, end, by, heldBy });
    }
  return [...lost.values()];
}

function otherOn(state: State, agent: AgentId, target: Target): AgentId | null {
  if (isSlot(target)) return state.locks.get(target)?.agent ?? null;
  return locksOverlapping(state, target).find((lock) => lock.agent !== agent)?.agent ?? null;
}

/** What was served, cancelled or left is known to whoever waited, or is told as what it brought. */
const ownEnds: ReadonlySet<TicketEndCause> = new Set(['granted', 'cancelled', 'left']);

function endedWaits(
  { agent }: Told,
  entries: readonly Entry[],
  begun: ReadonlyMap<Revision, Entry>,
): Notice[] {
  return entries.flatMap(({ events, atMs }) =>
    events.flatMap((event): Notice[] => {
      if (event.kind !== 'ticket.ended' || event.agent !== agent || ownEnds.has(event.cause)) return [];
      const { ticket, cause } = event;
      const issued = begun.get(ticket)?.events.find((each) => each.kind === 'ticket.issued');
      return [{ kind: 'waitEnded', wish: issued === undefined ? null : wishIn(issued), ticket, cause, atMs }];
    }),
  );
}

function wishIn({ scopes, files, resources }: Wish): Wish {
  return { scopes, ...(files && { files }), ...(resources && { resources }) };
}

/** Where that began which the notices of some entries are about: the grants of locks that ended, and tickets. */
export function noticeBeginnings(state: State, who: Told, entries: readonly Entry[]): Revision[] {
  const agent = state.agents.get(who.agent);
  const tickets = entries.flatMap(({ events }) =>
    events.flatMap((event) =>
      event.kind === 'ticket.ended' && event.agent === who.agent && !ownEnds.has(event.cause)
        ? [event.ticket]
        : [],
    ),
  );
  const changes = agent === undefined ? [] : changesBelow(state, agent, entries, new Map());
  const tokens = changes.flatMap((notice) =>
    notice.kind === 'changed' && notice.change.kind === 'held' ? [notice.change.end.token] : [],
  );
  return [...new Set([...tickets, ...tokens])];
}
