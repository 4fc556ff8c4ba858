/** A state of the core as the specification's `house`, in milliseconds, under the names that a trace uses. */
import type { Agent, AgentId, Lock, ScopePath, State, Sync, TimeMs, Waiter } from '../../src/core/index.ts';

/** The clock of something that does not run; `Off` of the specification. */
export const off = -1;

/** `house` of `spec/State.tla`, without what is the same in every trace. A scope or agent that is not named is as `NoLock`, ... say. */
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
  readonly scopes: ReadonlySet<string>;
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

/** Short names in the order of the long ones. */
export interface Names {
  readonly agents: ReadonlyMap<AgentId, string>;
  readonly scopes: ReadonlyMap<ScopePath, string>;
}

/** The state as of its last command. */
export function houseOf(state: State, names: Names): House {
  const view = new View(state, names);
  return {
    agents: mapOf(names.agents, (id) => view.agent(id)),
    locks: mapOf(names.scopes, (path) => view.lock(path)),
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

  lock(path: ScopePath): HouseLock {
    const lock = this.#state.locks.get(path);
    if (lock === undefined) return noLock;
    const { contendedSinceMs } = lock;
    return {
      holder: this.#agentName(lock.agent),
      left: this.#left(lock.deadlineMs),
      byScope: this.#hold(contendedSinceMs),
      byPlace: this.#hold(this.#placeContendedSince(lock)),
    };
  }

  ticket({ agent, scopes, deadlineMs }: Waiter): HouseTicket {
    const left = deadlineMs === null ? off : this.#left(deadlineMs);
    return { agent: this.#agentName(agent), scopes: this.scopeNames(scopes), left };
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

  #placeContendedSince({ grantedAtMs }: Lock): number | null {
    const { placeWaitSinceMs } = this.#state;
    return placeWaitSinceMs === null ? null : Math.max(placeWaitSinceMs, grantedAtMs);
  }

  #hold(sinceMs: number | null): number {
    return sinceMs === null ? off : this.#left(sinceMs + this.#state.settings.maxContendedHoldMs);
  }

  #left(deadlineMs: number): number {
    return Math.max(0, deadlineMs - this.#state.timeMs);
  }
}

/** The short name of what the trace has. */
export function named<Long extends string>(names: ReadonlyMap<Long, string>, name: Long): string {
  const short = names.get(name);
  if (short === undefined) throw new Error(`${name} was not named when the trace was begun`);
  return short;
}
