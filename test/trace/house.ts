/** A state of the core as the specification's `house`, in milliseconds, under the names that a trace uses. */
import type { Agent, AgentId, Lock, ScopePath, State, Sync, TimeMs, Waiter } from '../../src/core/index.ts';
import { lockName, named, targetNames, wishName, type Names } from './names.ts';

/** The clock of something that does not run; `Off` of the specification. */
export const off = -1;

/** `house` of `spec/State.tla`, without what is the same in every trace. What is not named is as `NoLock`, ... say. */
export interface House {
  readonly agents: ReadonlyMap<string, HouseAgent>;
  readonly locks: ReadonlyMap<string, HouseLock>;
  readonly queue: readonly HouseTicket[];
  readonly scopes: ReadonlySet<string>;
  readonly withdrawn: ReadonlySet<string>;
  readonly deps: ReadonlyMap<string, ReadonlySet<string>>;
  readonly syncs: ReadonlyMap<string, HouseSync>;
  readonly contexts: ReadonlyMap<string, boolean>;
  readonly places: number;
}

export interface HouseAgent {
  readonly presence: 'absent' | 'present' | 'lost';
  readonly status: string;
  readonly session: number;
  readonly block: number;
}

export interface HouseLock {
  readonly holder: string;
  readonly left: number;
  readonly byScope: number;
  readonly byPlace: number;
}

export interface HouseTicket {
  readonly agent: string;
  readonly targets: ReadonlySet<string>;
  readonly left: number;
}

export interface HouseSync {
  readonly status: string;
  readonly by: string;
  readonly failures: number;
  readonly pause: number;
}

const nobody = '-';
const noAgent: HouseAgent = { presence: 'absent', status: 'idle', session: off, block: off };
const noLock: HouseLock = { holder: nobody, left: off, byScope: off, byPlace: off };
const noSync: HouseSync = { status: 'idle', by: nobody, failures: 0, pause: off };

/** The state as of its last command. */
export function houseOf(state: State, names: Names): House {
  const view = new View(state, names);
  return {
    agents: mapOf(names.agents, (id) => view.agent(id)),
    locks: view.locks(),
    queue: [...state.tickets.values()].map((waiter) => view.ticket(waiter)),
    scopes: new Set([...state.scopes.keys()].map((path) => view.scopeName(path))),
    withdrawn: view.scopeNames(
      [...state.scopes.values()].filter((scope) => scope.withdrawn).map(({ path }) => path),
    ),
    deps: mapOf(names.scopes, (path) => view.scopeNames(state.scopes.get(path)?.dependencies ?? [])),
    syncs: mapOf(names.scopes, (path) => view.sync(path)),
    contexts: mapOf(names.scopes, (path) => (state.scopes.get(path)?.contexts.size ?? 0) > 0),
    places: state.settings.maxConcurrentAgents,
  };
}

function mapOf<Long, T>(names: ReadonlyMap<Long, string>, valueOf: (name: Long) => T): Map<string, T> {
  return new Map([...names].map(([long, short]) => [short, valueOf(long)]));
}

class View {
  readonly #state: State;
  readonly #names: Names;

  constructor(state: State, names: Names) {
    this.#state = state;
    this.#names = names;
  }

  agent(id: AgentId): HouseAgent {
    const agent = this.#state.agents.get(id);
    if (agent === undefined) return noAgent;
    const { presence, status } = agent;
    if (presence === 'lost') return { ...noAgent, presence };
    return { presence, status, session: this.#left(agent.sessionDeadlineMs), block: this.#block(agent) };
  }

  /** Of all that can be held. */
  locks(): Map<string, HouseLock> {
    const { locks, settings } = this.#state;
    const all = new Map(targetNames(this.#names, settings).map((name) => [name, noLock]));
    for (const lock of locks.values()) all.set(lockName(this.#names, lock), this.#lock(lock));
    return all;
  }

  #lock(lock: Lock): HouseLock {
    const { contendedSinceMs } = lock;
    return {
      holder: this.#agentName(lock.agent),
      left: this.#left(lock.deadlineMs),
      byScope: this.#hold(contendedSinceMs),
      byPlace: this.#hold(this.#placeContendedSince(lock)),
    };
  }

  ticket({ agent, targets, deadlineMs }: Waiter): HouseTicket {
    const left = deadlineMs === null ? off : this.#left(deadlineMs);
    const wanted = new Set(targets.map((target) => wishName(this.#names, this.#state, target)));
    return { agent: this.#agentName(agent), targets: wanted, left };
  }

  sync(path: ScopePath): HouseSync {
    const sync = this.#state.syncs.get(path);
    if (sync === undefined) return noSync;
    const { status, failures } = sync;
    return { status, by: this.#runner(sync), failures, pause: this.#pause(sync) };
  }

  scopeName(path: ScopePath): string {
    return named(this.#names.scopes, path);
  }

  scopeNames(paths: readonly ScopePath[]): Set<string> {
    return new Set(paths.map((path) => this.scopeName(path)));
  }

  #agentName(id: AgentId): string {
    return named(this.#names.agents, id);
  }

  #runner({ status, agent }: Sync): string {
    return status === 'syncing' && agent !== null ? this.#agentName(agent) : nobody;
  }

  #pause({ status, retryAtMs }: Sync): number {
    return status === 'failed' && retryAtMs !== null ? this.#left(retryAtMs) : off;
  }

  #block({ blockedSinceMs }: Agent): number {
    if (blockedSinceMs === null) return off;
    return this.#left((blockedSinceMs + this.#state.settings.maxBlockMs) as TimeMs);
  }

  /** A resource needs no place. */
  #placeContendedSince({ scope, grantedAtMs }: Lock): number | null {
    const { placeWaitSinceMs } = this.#state;
    if (placeWaitSinceMs === null || scope === undefined) return null;
    return Math.max(placeWaitSinceMs, grantedAtMs);
  }

  #hold(sinceMs: number | null): number {
    return sinceMs === null ? off : this.#left(sinceMs + this.#state.settings.maxContendedHoldMs);
  }

  #left(deadlineMs: number): number {
    return Math.max(0, deadlineMs - this.#state.timeMs);
  }
}
