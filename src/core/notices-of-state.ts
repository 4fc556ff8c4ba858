/** Notices that follow from how things stand: leases that are nearly over, and others who want, or work beside, what an agent holds. */
import { addTo } from './groups.ts';
import { contendedSince, latestEnd } from './leases.ts';
import { linesOverlapping } from './lines.ts';
import { someOf, type Notice, type NoticeOf, type Stretch } from './notice.ts';
import { byText, larger, smaller } from './order.ts';
import type { AgentId, FilePath, Revision, ScopePath, Ticket, TimeMs } from './ids.ts';
import type { Agent, Lock, State } from './state.ts';
import { isSlot, type Target } from './targets.ts';
import type { OpenViolation } from './violation-forms.ts';

/** A lease is nearly over when less than a fifth of it is left, and less than a minute. */
const endingMaxMs = 60_000;
const endingPart = 5;

const isWithin = (revision: Revision, { after, upTo }: Stretch): boolean =>
  revision > after && revision <= upTo;
const isDuring = (atMs: TimeMs, { afterMs, upToMs }: Stretch): boolean => atMs > afterMs && atMs <= upToMs;

function locksOf(state: State, agent: Agent): Lock[] {
  return [...agent.held].sort(byText).flatMap((target) => state.locks.get(target) ?? []);
}

/** Those that end together are one notice. */
export function endingLeases(state: State, agent: Agent, stretch: Stretch): Notice[] {
  const byDeadline = new Map<TimeMs, Lock[]>();
  for (const lock of locksOf(state, agent)) {
    const beforeMs = smaller<number>(endingMaxMs, lock.ttlMs / endingPart);
    const nearMs = (lock.deadlineMs - beforeMs) as TimeMs;
    if (!isDuring(nearMs, stretch)) continue;
    addTo(byDeadline, lock.deadlineMs, lock);
  }
  return [...byDeadline].map(([deadlineMs, locks]) => ({
    kind: 'leaseEnding',
    targets: someOf(locks.map(({ target }) => target)),
    deadlineMs,
    isLast: locks.some((lock) => latestEnd(state, lock) === lock.deadlineMs),
  }));
}

/** The locks that a ticket brought; at most one, since an agent waits for one thing at a time. */
export function servedWait(state: State, agent: Agent, stretch: Stretch): Notice[] {
  const served = new Map<Ticket, Lock[]>();
  for (const lock of locksOf(state, agent))
    if (lock.ticket !== null && isWithin(lock.token, stretch)) addTo(served, lock.ticket, lock);
  return [...served].flatMap(([ticket, locks]): Notice[] => {
    const [first] = locks;
    if (first === undefined) return [];
    const { token, deadlineMs } = first;
    return [
      { kind: 'waitServed', ticket, token, targets: someOf(locks.map(({ target }) => target)), deadlineMs },
    ];
  });
}

/** By ticket that waits for some of it; and once for all that somebody could have who waits for a place only. */
export function wantedLocks(state: State, agent: Agent, stretch: Stretch): Notice[] {
  const byTicket = new Map<Ticket, Lock[]>();
  const forPlace: Lock[] = [];
  for (const lock of locksOf(state, agent)) {
    const since = contendedSince(state, lock);
    if (since === null) continue;
    if (lock.contendedSinceMs === null && isDuring(since, stretch)) forPlace.push(lock);
    for (const ticket of ticketsFor(state, lock))
      if (isWantedNewly(lock, ticket, stretch)) addTo(byTicket, ticket, lock);
  }
  return [
    ...[...byTicket].flatMap(([ticket, locks]) => {
      const waiter = state.tickets.get(ticket);
      if (waiter === undefined) return [];
      const { agent: by, reason, sinceMs } = waiter;
      return [wanted(state, locks, { agent: by, ticket, reason, sinceMs })];
    }),
    ...(forPlace.length === 0 ? [] : [wanted(state, forPlace, null)]),
  ];
}

/** A slot is wanted only from the moment at which no other is free, which may be later than ticket and grant. */
function isWantedNewly({ target, token, contendedSinceMs }: Lock, ticket: Ticket, stretch: Stretch): boolean {
  if (ticket > stretch.upTo || token > stretch.upTo) return false;
  if (ticket > stretch.after || token > stretch.after) return true;
  return isSlot(target) && contendedSinceMs !== null && isDuring(contendedSinceMs, stretch);
}

function wanted(state: State, locks: readonly Lock[], by: NoticeOf<'wanted'>['by']): Notice {
  const latestDeadlineMs = locks.map((lock) => latestEnd(state, lock) ?? lock.deadlineMs).reduce(smaller);
  return { kind: 'wanted', targets: someOf(locks.map(({ target }) => target)), by, latestDeadlineMs };
}

/** Tickets of others for what overlaps a lock. */
function ticketsFor(state: State, { target, agent, contendedSinceMs }: Lock): Set<Ticket> {
  if (contendedSinceMs === null) return new Set();
  const own = state.agents.get(agent)?.ticket ?? null;
  return new Set(
    linesOverlapping(state, target).flatMap((line) => [...line].filter((ticket) => ticket !== own)),
  );
}

/** What is wrong in what the agent holds, by scope. Told from when both are so. */
export function brokenRules(state: State, agent: Agent, stretch: Stretch): Notice[] {
  const found = new Map<ScopePath, OpenViolation[]>();
  const held = state.openViolations.size === 0 ? [] : locksOf(state, agent);
  for (const violation of state.openViolations.values()) {
    const { scope, revision } = violation;
    const concerned = held.filter((lock) => concerns(violation, lock));
    if (scope === undefined || concerned.length === 0) continue;
    if (isWithin(larger(firstToken(concerned), revision), stretch)) addTo(found, scope, violation);
  }
  return [...found].flatMap(([scope, violations]): Notice[] => {
    const last = violations.at(-1);
    if (last === undefined) return [];
    const { rule, subject, evidence, remedy, sinceMs, revision } = last;
    const count = violations.length;
    return [{ kind: 'broken', scope, rule, subject, evidence, remedy, sinceMs, revision, count }];
  });
}

/** Who holds a scope answers for all of it; who holds a file, for that and for what is wrong with the scope as a whole. */
function concerns({ scope, file }: OpenViolation, lock: Lock): boolean {
  if (lock.scope === undefined || lock.scope !== scope) return false;
  return lock.file === undefined || file === undefined || lock.file === file;
}

/** Of each scope of which the agent holds files: who else does. Told from when both do. */
export function besides(state: State, agent: Agent, stretch: Stretch): Notice[] {
  return [...agent.heldIn.keys()].sort(byText).flatMap((scope) => {
    const claims = claimsIn(state, scope);
    const own = claims.get(agent.id);
    if (own === undefined) return [];
    return [...claims].flatMap(([other, locks]): Notice[] => {
      const both = larger(firstToken(own), firstToken(locks));
      if (other === agent.id || !isWithin(both, stretch)) return [];
      const files = someOf(locks.flatMap(({ file }) => file ?? []));
      const reason = locks.find((lock) => lock.reason !== null)?.reason ?? null;
      return [{ kind: 'beside', scope, agent: other, files, reason }];
    });
  });
}

const firstToken = (locks: readonly Lock[]): Revision => locks.map(({ token }) => token).reduce(smaller);

function claimsIn(state: State, scope: ScopePath): Map<AgentId, Lock[]> {
  const claims = new Map<AgentId, Lock[]>();
  const files: Iterable<FilePath> = state.index.claims.get(scope)?.files ?? [];
  for (const file of [...files].sort(byText)) {
    const lock = state.locks.get(file as Target);
    if (lock !== undefined) addTo(claims, lock.agent, lock);
  }
  return claims;
}
