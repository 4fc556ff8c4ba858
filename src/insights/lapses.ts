/**
 * Leases that ended by themselves though their agent was at work, as it shows soon after: whoever is gone does nothing more in
 * the log. An agent whose process was seen to end is left out.
 */
import { nameOf, type AgentId, type DurationMs, type Entry, type Revision } from '../core/index.ts';
import type { EndedHold } from './spans.ts';
import { thresholds } from './thresholds.ts';

export interface LapseTally {
  readonly agent: AgentId;
  count: number;
  /** The last of them: what it was of, where it ended, and where its agent was back. */
  last: Lapse & { readonly back: Revision };
  /** The longest lease among them; null: none began in the part of the log that is looked at. */
  ttlMs: DurationMs | null;
}

interface Lapse {
  readonly target: string;
  readonly revision: Revision;
  readonly atMs: number;
  readonly ttlMs: DurationMs | null;
}

export class Lapses {
  readonly found = new Map<AgentId, LapseTally>();
  /** By agent: ended, and not heard of since. */
  readonly #pending = new Map<AgentId, Lapse[]>();

  holdEnded({ agent, name, cause, endedBy, untilMs, ttlMs }: EndedHold): void {
    if (endedBy === null || (cause !== 'expired' && cause !== 'lost')) return;
    const lapse = { target: nameOf(name), revision: endedBy, atMs: untilMs, ttlMs };
    const before = this.#pending.get(agent);
    if (before === undefined) this.#pending.set(agent, [lapse]);
    else before.push(lapse);
  }

  /** After the spans that the entry ends. */
  take({ agent, revision, atMs, events }: Entry): void {
    for (const event of events)
      if (event.kind === 'agent.lost' && event.seenDead === true) this.#pending.delete(event.agent);
    if (agent === null) return;
    const lapses = this.#pending.get(agent);
    if (lapses === undefined || lapses[0]?.revision === revision) return;
    this.#pending.delete(agent);
    for (const lapse of lapses)
      if (atMs - lapse.atMs <= thresholds.backWithinMs) this.#add(agent, lapse, revision);
  }

  #add(agent: AgentId, lapse: Lapse, back: Revision): void {
    const known = this.found.get(agent);
    const last = { ...lapse, back };
    if (known === undefined) this.found.set(agent, { agent, count: 1, last, ttlMs: lapse.ttlMs });
    else {
      known.count += 1;
      known.last = last;
      known.ttlMs = longestOf(known.ttlMs, lapse.ttlMs);
    }
  }
}

const longestOf = (a: DurationMs | null, b: DurationMs | null): DurationMs | null =>
  a === null || (b !== null && b > a) ? b : a;
