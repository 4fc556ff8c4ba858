/** The machine itself, in simulated time: every command is decided and carried out by the core. */
import {
  asDurationMs,
  asSessionId,
  asTimeMs,
  assert,
  decide,
  evolve,
  initialState,
  must,
  nextDeadline,
  parseAgentId,
  toEntry,
  type AgentId,
  type AsAgent,
  type Command,
  type Decision,
  type DurationMs,
  type Entry,
  type Event,
  type Settings,
  type State,
  type TimeMs,
  type WaitWish,
  type Wish,
} from '../core/index.ts';
import type { Choice } from './choice.ts';

/** Is told of each revision, with the state that it leads to. */
export type Observer = (entry: Entry, state: State) => void;

/** One who takes part. */
export type Member = Pick<AsAgent, 'agent' | 'epoch' | 'session'>;

/** How often somebody renews is not what a replay asks: leases, sessions, waits and contended holds last a minute at least. */
const shortestMs = 60_000;
/** So that a lease does not end in the moment in which its work does. */
const spareMs = 1_000;

export class Machine {
  readonly state: State = initialState();
  /** What has happened since somebody last listened, the latest at the end. */
  readonly #heard: Event[] = [];
  readonly #observe: Observer;
  #nowMs: TimeMs = asTimeMs(0);

  constructor({ scopes, settings }: Pick<Choice, 'scopes' | 'settings'>, observe: Observer) {
    this.#observe = observe;
    this.#must({ kind: 'Configure', by: operator, settings: withLeases(settings), ...this.#now() });
    // Who depends on whom decides about syncs, not about locks.
    const definitions = scopes.map((path) => ({ path, name: path, type: 'scope', dependencies: [] }));
    this.#must({ kind: 'DefineScopes', by: operator, scopes: definitions, mayBeEmpty: true, ...this.#now() });
  }

  get nowMs(): TimeMs {
    return this.#nowMs;
  }

  /** How long somebody may stay silent who has begun such work just now, without losing anything. */
  silentForMs({ agent }: Member, workMs: number): number {
    const session = must(this.state.agents.get(agent)?.sessionDeadlineMs, `${agent} takes part`);
    return Math.min(this.#leaseFor(workMs), session - this.#nowMs);
  }

  /** As long as the work is, and a little longer, as far as there are such leases. */
  #leaseFor(workMs: number): DurationMs {
    const { lockTtlMs, lockTtlMaxMs } = this.state.settings;
    return asDurationMs(Math.min(lockTtlMaxMs, Math.max(lockTtlMs, Math.ceil(workMs) + spareMs)));
  }

  join(name: string): Member {
    const agent = must(agentNamed(name), `${name} is a name`);
    const session = asSessionId(name);
    this.#must({ kind: 'AgentJoin', agent, session, metadata: {}, ...this.#now() });
    return { agent, epoch: must(this.state.agents.get(agent), `${name} has joined`).epoch, session };
  }

  /** Lets the time come, and ends what is due by then. False: something was due before, and it is that time now. */
  advanceTo(atMs: TimeMs): boolean {
    const due = nextDeadline(this.state);
    const isDue = due !== null && due <= atMs;
    this.#nowMs = isDue ? due : atMs;
    if (isDue) this.#must({ kind: 'ExpireDue', ...this.#now() });
    return !isDue;
  }

  /** `waits`: it takes a ticket where it cannot be granted at once. */
  acquire(member: Member, wish: Wish, workMs: number, waits: boolean): Decision {
    const wait: WaitWish = waits ? { kind: 'queue', forMs: null } : { kind: 'none' };
    const asked = { ...member, ...wish, ttlMs: this.#leaseFor(workMs), wait, reason: null };
    return this.#submit({ kind: 'AcquireLock', ...asked, ...this.#now() });
  }

  holds({ agent }: Member): boolean {
    return must(this.state.agents.get(agent), `${agent} takes part`).held.size > 0;
  }

  release(member: Member): void {
    this.#must({ kind: 'ReleaseLock', ...member, scopes: null, token: null, ...this.#now() });
  }

  renew(member: Member): void {
    this.#must({ kind: 'Heartbeat', ...member, ...this.#now() });
  }

  /** What has happened and nobody has heard of yet, the earliest first. */
  next(): Event | null {
    return this.#heard.shift() ?? null;
  }

  #now(): { readonly atMs: TimeMs; readonly requestId: null } {
    return { atMs: this.#nowMs, requestId: null };
  }

  #must(command: Command): void {
    const { kind } = this.#submit(command);
    assert(kind === 'committed', `${command.kind} is not refused`);
  }

  #submit(command: Command): Decision {
    const decision = decide(this.state, command);
    if (decision.kind !== 'committed' || decision.events.length === 0) return decision;
    const entry = toEntry(this.state, command, decision);
    evolve(this.state, entry);
    this.#heard.push(...entry.events);
    this.#observe(entry, this.state);
    return decision;
  }
}

const operator = 'fit';

function agentNamed(name: string): AgentId | null {
  const parsed = parseAgentId(name);
  return parsed.ok ? parsed.value : null;
}

function withLeases(settings: Settings): Settings {
  const atLeast = (value: number) => asDurationMs(Math.max(value, shortestMs));
  return {
    ...settings,
    lockTtlMs: atLeast(settings.lockTtlMs),
    lockTtlMaxMs: atLeast(settings.lockTtlMaxMs),
    sessionTtlMs: atLeast(settings.sessionTtlMs),
    maxBlockMs: atLeast(settings.maxBlockMs),
    maxContendedHoldMs: atLeast(settings.maxContendedHoldMs),
  };
}
