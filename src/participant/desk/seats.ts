/**
 * Who takes part through this process, and how a call says which of them it is. One client speaks for many agents, and
 * several of them ask for the same plain name, as subagents do that were told the same: so each join is given a handle
 * of its own. A plain name means an agent as long as one join asked for it; from the second on it means nobody, until
 * all of them have left.
 */
import type { AgentId } from '../../core/index.ts';
import type { DeskAgent } from './desk-agent.ts';

export interface Seat {
  /** What its calls pass as `agent`. */
  readonly handle: string;
  /** The name that its join asked for; the one it was given may be another. */
  readonly asked: AgentId;
  task: string | null;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  agent: DeskAgent;
  /** Whether anybody heard how the join ended. One that nobody heard of is for whoever asks again. */
  hearing: 'pending' | 'heard' | 'unheard';
}

/** `several`: the text is a name that more than one join has asked for. */
export type Named =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly seat: Seat }
  | { readonly kind: 'several'; readonly seats: readonly Seat[] };

/** A client may live for weeks, and its agents come and go. */
const leftMax = 1_000;

export class Seats {
  readonly #byHandle = new Map<string, Seat>();
  /** Whose the handles were of those that have left last, at most {@link leftMax}. */
  readonly #left = new Map<string, AgentId>();
  /** Plain names that mean nobody any more. */
  readonly #shared = new Set<string>();

  get all(): readonly Seat[] {
    return [...this.#byHandle.values()];
  }

  has(handle: string): boolean {
    return this.#byHandle.has(handle);
  }

  /** Whom a text means that a call passes as `agent`. */
  named(text: string): Named {
    const own = this.#byHandle.get(text);
    if (own !== undefined) return { kind: 'one', seat: own };
    const seats = this.#called(text);
    const [seat] = seats;
    if (seat === undefined) return { kind: 'none' };
    return seats.length > 1 || this.#shared.has(text) ? { kind: 'several', seats } : { kind: 'one', seat };
  }

  /** Who acts under this name of the log, and still takes part. */
  holderOf(id: AgentId): Seat | null {
    return this.all.find(({ agent }) => agent.session.agent === id && agent.gone === null) ?? null;
  }

  /** Of those named, the seats of the ones that this very client speaks for, but for that of whoever asks. */
  othersAmong(ids: readonly AgentId[], self: DeskAgent): readonly Seat[] {
    return ids.flatMap((id) => {
      const seat = this.holderOf(id);
      return seat === null || seat.agent === self ? [] : [seat];
    });
  }

  of(agent: DeskAgent): Seat | null {
    return this.all.find((seat) => seat.agent === agent) ?? null;
  }

  add(seat: Seat): void {
    for (const name of [seat.asked, seat.agent.session.agent])
      if (this.#called(name).length > 0) this.#shared.add(name);
    this.#byHandle.set(seat.handle, seat);
  }

  /** The agent that a handle stood for until it left; null for any other text. */
  leftWith(handle: string): AgentId | null {
    return this.#left.get(handle) ?? null;
  }

  remove(seat: Seat): void {
    this.#byHandle.delete(seat.handle);
    this.#left.set(seat.handle, seat.agent.session.agent);
    const [oldest] = this.#left.keys();
    if (this.#left.size > leftMax && oldest !== undefined) this.#left.delete(oldest);
    for (const name of this.#shared) if (this.#called(name).length === 0) this.#shared.delete(name);
  }

  #called(name: string): readonly Seat[] {
    return this.all.filter(({ asked, agent }) => asked === name || agent.session.agent === name);
  }
}
