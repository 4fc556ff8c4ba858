/**
 * A log as a picture over time: what each agent held, waited for and synced as slices, what happened at a moment as marks, and an
 * arrow from what gave a lock free to who got it then. Locks of one grant are one slice, which ends with the last of them.
 */
import {
  nameOf,
  type AgentId,
  type Entry,
  type Event,
  type Revision,
  type SyncRun,
  type Ticket,
  type TimeMs,
} from '../core/index.ts';
import { MeetingReader, type Meeting } from './meetings.ts';
import { nameOfTarget } from './names.ts';
import type { Opening } from './opening.ts';
import type { EndedHold, EndedWait, Hold, Wait } from './spans.ts';
import { processId, type InstantEvent, type SliceEvent, type TraceEvent } from './trace-event.ts';
import { Tracks, type Begun } from './tracks.ts';

/** Locks that were granted together. */
interface OpenGrant {
  readonly begun: Begun;
  readonly hold: Hold;
  readonly names: string[];
  held: number;
  readonly ends: Set<string>;
}

/** Where a lock became free. */
interface Source {
  readonly tid: number;
  readonly atUs: number;
  readonly revision: Revision;
}

interface OpenSync {
  readonly begun: Begun;
  readonly scope: string;
  readonly revision: Revision;
}

const usOf = (ms: TimeMs): number => ms * 1_000;
const namesShownMax = 20;

export class Timeline {
  readonly #tell: (event: TraceEvent) => void;
  readonly #tracks: Tracks;
  readonly #meetings: MeetingReader;
  readonly #grants = new Map<string, OpenGrant>();
  readonly #waits = new Map<Ticket, Begun>();
  readonly #syncs = new Map<SyncRun, OpenSync>();
  /** By ticket: what was in its way and ended last. */
  readonly #sources = new Map<Ticket, Source>();
  #flows = 0;

  constructor(opening: Opening, tell: (event: TraceEvent) => void) {
    this.#tell = tell;
    this.#tracks = new Tracks(tell);
    this.#meetings = new MeetingReader(opening, {
      holdBegan: (hold) => this.#beginHold(hold),
      holdEnded: (hold) => this.#endHold(hold),
      waitBegan: (wait) => this.#beginWait(wait),
      waitEnded: (wait) => this.#endWait(wait),
      met: (meeting) => this.#met(meeting),
    });
  }

  /** Each entry after the opening, in order. */
  take(entry: Entry): void {
    this.#meetings.take(entry);
    for (const event of entry.events) this.#note(event, entry);
  }

  /** What goes on ends with the picture, and says so. */
  finish(atMs: TimeMs): void {
    this.#meetings.finish(atMs);
    for (const sync of this.#syncs.values()) this.#endSync(sync, atMs, 'goes on', {});
    this.#syncs.clear();
  }

  #beginHold(hold: Hold): void {
    const known = this.#grants.get(keyOf(hold));
    if (known !== undefined) {
      known.held += 1;
      known.names.push(nameOfTarget(hold.target));
      return;
    }
    const begun = this.#tracks.begin(hold.agent, usOf(hold.fromMs));
    const names = [nameOfTarget(hold.target)];
    this.#grants.set(keyOf(hold), { begun, hold, names, held: 1, ends: new Set() });
    this.#drawFlow(hold, begun);
  }

  #endHold(ended: EndedHold): void {
    const key = keyOf(ended);
    const grant = this.#grants.get(key);
    if (grant === undefined) return;
    grant.held -= 1;
    grant.ends.add(ended.cause ?? 'goes on');
    if (grant.held > 0) return;
    this.#grants.delete(key);
    this.#slice(grant.begun, ended.untilMs, `holds ${titleOf(grant.names)}`, 'lock', {
      ...fromBefore(grant.hold),
      token: ended.revision,
      targets: shown(grant.names),
      end: [...grant.ends].join(', '),
      ...(ended.endedBy === null ? {} : { endedBy: ended.endedBy }),
    });
  }

  #beginWait(wait: Wait): void {
    this.#waits.set(wait.ticket, this.#tracks.begin(wait.agent, usOf(wait.fromMs)));
  }

  #endWait(ended: EndedWait): void {
    const begun = this.#waits.get(ended.ticket);
    if (begun === undefined) return;
    this.#waits.delete(ended.ticket);
    const names = ended.targets.map(nameOfTarget);
    this.#slice(begun, ended.untilMs, `waits for ${titleOf(names)}`, 'wait', {
      ...fromBefore(ended),
      ticket: ended.ticket,
      targets: shown(names),
      end: ended.cause ?? 'goes on',
      ...(ended.endedBy === null ? {} : { endedBy: ended.endedBy }),
    });
    if (ended.cause !== 'granted' || this.#sources.get(ended.ticket)?.revision !== ended.endedBy)
      this.#sources.delete(ended.ticket);
  }

  /** The hold has ended, and its slice is not told yet. */
  #met({ hold, wait }: Meeting): void {
    const grant = this.#grants.get(keyOf(hold));
    if (grant === undefined || !('endedBy' in hold) || hold.endedBy === null) return;
    const source = { tid: grant.begun.tid, atUs: usOf(hold.untilMs), revision: hold.endedBy };
    this.#sources.set(wait.ticket, source);
  }

  /** From the end of what was in the way to the grant that came of it in the same revision. */
  #drawFlow({ ticket }: Hold, { tid, fromUs }: Begun): void {
    const source = ticket === null ? undefined : this.#sources.get(ticket);
    if (ticket === null || source === undefined) return;
    this.#sources.delete(ticket);
    this.#flows += 1;
    const flow = { pid: processId, name: 'served', cat: 'queue', id: this.#flows } as const;
    this.#tell({ ...flow, ph: 's', tid: source.tid, ts: source.atUs - 1 });
    this.#tell({ ...flow, ph: 'f', bp: 'e', tid, ts: fromUs + 1 });
  }

  #slice(begun: Begun, untilMs: TimeMs, name: string, cat: string, args: SliceEvent['args']): void {
    const { tid } = begun;
    this.#tell({ ph: 'X', pid: processId, tid, name, cat, ...begun.end(usOf(untilMs)), args });
  }

  #endSync(sync: OpenSync, atMs: TimeMs, end: string, args: SliceEvent['args']): void {
    this.#slice(sync.begun, atMs, `syncs ${sync.scope}`, 'sync', { run: sync.revision, end, ...args });
  }

  #note(event: Event, entry: Entry): void {
    const { atMs, revision, by } = entry;
    const mark = (
      agent: AgentId | null,
      name: string,
      cat: string,
      args: InstantEvent['args'] = {},
    ): void => {
      const tid = this.#tracks.of(agent);
      const on = { pid: processId, tid, ts: usOf(atMs), name, cat } as const;
      this.#tell({ ph: 'i', s: 't', ...on, args: { revision, ...args } });
    };
    switch (event.kind) {
      case 'agent.joined':
        return mark(event.agent, 'joined', 'agent');
      case 'agent.left':
        return mark(event.agent, 'left', 'agent');
      case 'agent.lost':
        return mark(event.agent, 'lost', 'agent');
      case 'lock.revoked':
        return mark(event.agent, `revoked ${nameOf(event)}`, 'lock', { by, reason: event.reason });
      case 'message.sent': {
        const { messageKind, recipients, text } = event;
        return mark(event.agent ?? null, `says to ${titleOf(recipients)}`, 'message', {
          messageKind,
          recipients,
          text,
        });
      }
      case 'violation.began': {
        const { rule, subject, evidence } = event;
        return mark(null, `violation ${rule}`, 'violation', { subject, evidence });
      }
      case 'sync.started': {
        const begun = this.#tracks.begin(event.agent, usOf(atMs));
        return void this.#syncs.set(revision, { begun, scope: event.scope, revision });
      }
      case 'sync.completed':
      case 'sync.failed':
      case 'sync.aborted':
        return this.#syncOver(event, atMs);
      default:
    }
  }

  #syncOver(event: Extract<Event, { readonly run: SyncRun }>, atMs: TimeMs): void {
    const sync = this.#syncs.get(event.run);
    if (sync === undefined) return;
    this.#syncs.delete(event.run);
    const error = event.kind === 'sync.failed' ? { error: event.error } : {};
    this.#endSync(sync, atMs, event.kind.slice('sync.'.length), error);
  }
}

const keyOf = ({ agent, revision }: Hold): string => `${agent} ${revision}`;

/** `api`, `api and 3 more`. */
const titleOf = (names: readonly string[]): string =>
  names.length <= 1 ? (names[0] ?? '') : `${names[0]} and ${names.length - 1} more`;

function shown(names: readonly string[]): readonly string[] {
  return names.length <= namesShownMax
    ? names
    : [...names.slice(0, namesShownMax), `and ${names.length - namesShownMax} more`];
}

/** It began before the picture does. */
const fromBefore = ({ sinceMs, fromMs }: Hold | Wait): { readonly begun?: string } =>
  sinceMs < fromMs ? { begun: new Date(sinceMs).toISOString() } : {};
