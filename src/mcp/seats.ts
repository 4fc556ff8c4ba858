/**
 * Who takes part through this process, and how a call says which of them it is. One client speaks for many agents, and
 * several of them ask for the same plain name, as subagents do that were told the same: so each join is given a handle
 * of its own. A plain name means an agent as long as one join asked for it; from the second on it means nobody, until
 * all of them have left.
 */
import type { AgentId } from '../core/index.ts';
import type { KeptAgent } from './kept-agent.ts';
import { bounded, fitting, quoted, quotedText } from './text.ts';
import { duration } from '../wording/index.ts';

export interface Seat {
  /** What its calls pass as `agent`. */
  readonly handle: string;
  /** The name that its join asked for; the one it was given may be another. */
  readonly asked: AgentId;
  task: string | null;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  agent: KeptAgent;
  /** Whether anybody heard how the join ended. One that nobody heard of is for whoever asks again. */
  hearing: 'pending' | 'heard' | 'unheard';
}

/** `several`: the text is a name that more than one join has asked for. */
export type Named =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly seat: Seat }
  | { readonly kind: 'several'; readonly seats: readonly Seat[] };

export class Seats {
  readonly #byHandle = new Map<string, Seat>();
  /** Whose the handles were of those that have left. */
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

  of(agent: KeptAgent): Seat | null {
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
    for (const name of this.#shared) if (this.#called(name).length === 0) this.#shared.delete(name);
  }

  #called(name: string): readonly Seat[] {
    return this.all.filter(({ asked, agent }) => asked === name || agent.session.agent === name);
  }
}

/** What an answer shows of them. */
const seatsMax = 40;
const charactersMax = 5_500;
const heldMax = 10;

/** Lines that only the agents of this client are shown, so that each finds itself again. */
export function seatLines(seats: readonly Seat[], nowMs: number): readonly string[] {
  if (seats.length === 0) return [];
  // Whoever has something to lose finds itself also among many.
  const busy = seats.filter(isBusy);
  const lines = [...busy, ...seats.filter((seat) => !isBusy(seat))].map((seat) => seatText(seat, nowMs));
  const shown = fitting(lines, seatsMax, charactersMax, 'none of them holds or waits');
  return ['Through this client:', ...shown.map((line) => `- ${line}`)];
}

const isBusy = ({ agent }: Seat): boolean => !agent.holdings.isEmpty || agent.wait !== null;

function seatText({ handle, task, sinceMs, agent }: Seat, nowMs: number): string {
  const held = agent.holdings.all.map(({ scope, token }) => `${quoted(scope)} (token ${token})`);
  const facts = [
    `handle "${handle}"`,
    ...(task === null ? [] : [`task ${quotedText(task)}`]),
    agent.gone === null
      ? `holds ${held.length === 0 ? 'nothing' : bounded(held, heldMax, 'coordination_status').join(', ')}`
      : agent.gone.code === 'SESSION_MISMATCH'
        ? 'another process goes on as it'
        : 'it is lost',
    ...(agent.wait === null ? [] : [`waits for ${agent.wait.scopes.map(quoted).join(', ')}`]),
    `joined ${duration(nowMs - sinceMs)} ago`,
  ];
  return `${agent.session.agent} (${facts.join('; ')})`;
}

/** Of those in the way, the ones that this very client speaks for: whoever asks may be one of them. */
export function ownInTheWay(seats: Seats, self: KeptAgent, ids: readonly AgentId[]): readonly string[] {
  return ids.flatMap((id) => {
    const seat = seats.holderOf(id);
    if (seat === null || seat.agent === self) return [];
    return [
      `${id} speaks through this very client, under the handle "${seat.handle}". Is that you? Then pass that handle, and only then.`,
    ];
  });
}
