/**
 * What is counted from the entries of the log, as they come in: so the figures of a process are those of the log since it has
 * begun to look. How long something lasted is the log's own time, from the entry in which it began to that in which it ended.
 */
import {
  targetOf,
  type Entry,
  type Event,
  type EventOf,
  type LockName,
  type State,
  type TimeMs,
} from '../core/index.ts';
import type { ClaimKind } from '../observe/index.ts';
import type { Instruments } from './instruments.ts';
import { StatusFold } from './status-fold.ts';

type LockEvent = EventOf<'lock.granted' | 'lock.renewed' | 'lock.released' | 'lock.expired' | 'lock.revoked'>;

export class LogFold {
  readonly #instruments: Instruments;
  readonly #statuses: StatusFold;
  /** Since when each lock is held, each ticket waits, each sync runs. */
  readonly #held = new Map<string, TimeMs>();
  readonly #waiting = new Map<number, TimeMs>();
  readonly #syncing = new Map<string, TimeMs>();

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
    this.#statuses = new StatusFold((from, to) => instruments.count('transitions', { from, to }));
  }

  /** What goes on at that moment has begun before. */
  begin({ agents, locks, tickets, syncs }: State): void {
    this.#statuses.begin(agents);
    for (const known of [this.#held, this.#waiting, this.#syncing]) known.clear();
    for (const [target, { grantedAtMs }] of locks) this.#held.set(target, grantedAtMs);
    for (const [ticket, { sinceMs }] of tickets) this.#waiting.set(ticket, sinceMs);
    for (const [scope, { status, startedAtMs }] of syncs)
      if (status === 'syncing' && startedAtMs !== null) this.#syncing.set(scope, startedAtMs);
  }

  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#instruments.count('entries', { kind: entry.kind });
      this.#statuses.add(entry);
      for (const event of entry.events) this.#addEvent(event, entry);
    }
  }

  #addEvent(event: Event, entry: Entry): void {
    const [group] = event.kind.split('.', 1);
    if (group === 'agent') this.#addOfAgent(event);
    else if (group === 'lock') this.#addOfLock(event as LockEvent, entry.atMs);
    else if (group === 'ticket') this.#addOfTicket(event, entry);
    else if (group === 'sync') this.#addOfSync(event, entry.atMs);
    else this.#addOther(event);
  }

  #addOfAgent(event: Event): void {
    const to = this.#instruments;
    if (event.kind === 'agent.joined') to.count('joins');
    else if (event.kind === 'agent.resumed') to.count('resumes', { way: event.way });
    else if (event.kind === 'agent.left') to.count('leaves');
    else if (event.kind === 'agent.lost')
      to.count('losses', { seen_dead: event.seenDead === true ? 'yes' : 'no' });
  }

  #addOfLock(event: LockEvent, atMs: TimeMs): void {
    const to = this.#instruments;
    const kind = kindOf(event);
    const target = targetOf(event);
    if (event.kind === 'lock.granted') {
      this.#held.set(target, atMs);
      return to.count('acquisitions', { kind, waited: event.ticket === null ? 'no' : 'yes' });
    }
    if (event.kind === 'lock.renewed') return to.count('renewals', { kind });
    if (event.kind === 'lock.released') to.count('releases', { kind, cause: event.cause });
    else if (event.kind === 'lock.expired') to.count('expirations', { kind });
    else to.count('revocations', { kind });
    this.#endHold(kind, target, atMs);
  }

  #endHold(kind: ClaimKind, target: string, atMs: TimeMs): void {
    const sinceMs = this.#held.get(target);
    if (sinceMs === undefined) return;
    this.#held.delete(target);
    this.#instruments.observe('holds', secondsFrom(sinceMs, atMs), { kind });
  }

  /** A ticket's number is the revision at which it was issued. */
  #addOfTicket(event: Event, { atMs, revision }: Entry): void {
    if (event.kind === 'ticket.issued') {
      this.#waiting.set(revision, atMs);
      this.#instruments.count('tickets');
    } else if (event.kind === 'ticket.ended') {
      const sinceMs = this.#waiting.get(event.ticket);
      if (sinceMs === undefined) return;
      this.#waiting.delete(event.ticket);
      this.#instruments.observe('waits', secondsFrom(sinceMs, atMs), { end: event.cause });
    }
  }

  #addOfSync(event: Event, atMs: TimeMs): void {
    if (event.kind === 'sync.started') {
      this.#syncing.set(event.scope, atMs);
      this.#instruments.count('syncStarts');
    } else if (event.kind === 'sync.invalidated') {
      this.#instruments.count('invalidations');
    } else if (
      event.kind === 'sync.completed' ||
      event.kind === 'sync.failed' ||
      event.kind === 'sync.aborted'
    ) {
      const sinceMs = this.#syncing.get(event.scope);
      if (sinceMs === undefined) return;
      this.#syncing.delete(event.scope);
      const end = event.kind.slice('sync.'.length);
      this.#instruments.observe('syncRuns', secondsFrom(sinceMs, atMs), { end });
    }
  }

  #addOther(event: Event): void {
    const to = this.#instruments;
    if (event.kind === 'context.modified') to.count('contextWrites');
    else if (event.kind === 'message.sent')
      to.count('messages', { kind: event.messageKind, way: event.way.kind });
    else if (event.kind === 'message.read') to.count('messagesRead', {}, event.messages.length);
    else if (event.kind === 'violation.began') to.count('violations', { type: event.type, rule: event.rule });
    else if (event.kind === 'violation.ended') to.count('violationEnds', { end: event.end });
  }
}

const secondsFrom = (sinceMs: TimeMs, untilMs: TimeMs): number => (untilMs - sinceMs) / 1_000;

function kindOf({ resource, file }: LockName): ClaimKind {
  if (resource !== undefined) return 'resource';
  return file === undefined ? 'scope' : 'file';
}
