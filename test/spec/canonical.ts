/** The canonical text of a state, as `spec/ABSTRACTION.md` section 3 fixes it. */
import {
  shownTarget,
  targetOf,
  type Agent,
  type AgentId,
  type Lock,
  type ScopePath,
  type State,
  type Sync,
  type Target,
  type Waiter,
} from '../../src/core/index.ts';
import type { Constants, Slice } from './slice.ts';
import type { World } from './world.ts';

const off = '~';

const statusLetters = { idle: 'i', working: 'w', blocked: 'b', completed: 'c' } as const;
const syncLetters = { idle: 'i', syncing: 's', completed: 'c', failed: 'f' } as const;

export function canonicalText(slice: Slice, world: World): string {
  const { agents, scopes } = slice.constants;
  const { state, clients } = world;
  const view = new View(slice.constants, world);
  return [
    agents.map((id) => view.agent(id)).join(';'),
    agents.map((id) => clients[id]).join(';'),
    targetsIn(slice.constants)
      .map((target) => view.lock(target))
      .join(';'),
    [...state.tickets.values()].map((waiter) => view.ticket(waiter)).join(';'),
    scopes.map((path) => view.dependencies(path)).join(';'),
    scopes.map((path) => view.sync(path)).join(';'),
    scopes.map((path) => ((state.scopes.get(path)?.contexts.size ?? 0) > 0 ? 'x' : '-')).join(';'),
    [
      ...view.requests(),
      ...view.places(),
      ...agents.flatMap((id) => view.inbox(id)),
      ...view.violations(),
    ].join(';'),
  ].join('|');
}

/** All that can be held, in order. */
export function targetsIn({ scopes, files, resources, capacity }: Constants): Target[] {
  const numbers = Array.from({ length: capacity }, (_, place) => place + 1);
  const slots = resources.flatMap((resource) => numbers.map((slot) => targetOf({ resource, slot })));
  return [...scopes, ...files, ...slots].sort();
}

/** Whether the passing of time would change the canonical text. */
export function hasRunningClock(slice: Slice, world: World): boolean {
  const view = new View(slice.constants, world);
  return view.clocks().some((left) => left !== null && left > 0);
}

/** A state in units of time that are left; a clock that is off or does not run is null. */
class View {
  readonly #constants: Constants;
  readonly #state: State;
  readonly #nowMs: number;
  readonly #unitMs: number;

  constructor(constants: Constants, { state, nowMs, unitMs }: World) {
    this.#constants = constants;
    this.#state = state;
    this.#nowMs = nowMs;
    this.#unitMs = unitMs;
  }

  agent(id: AgentId): string {
    const agent = this.#state.agents.get(id);
    if (agent === undefined) return '-';
    if (agent.presence === 'lost') return 'L';
    return `${statusLetters[agent.status]}.${text(this.#session(agent))}.${text(this.#block(agent))}`;
  }

  lock(target: Target): string {
    const lock = this.#state.locks.get(target);
    if (lock === undefined) return '-';
    return `${lock.agent}.${text(this.#lease(lock))}.${text(this.#scopeHold(lock))}.${text(this.#placeHold(lock))}`;
  }

  ticket(waiter: Waiter): string {
    return `${waiter.agent}:${waiter.targets.map(shownTarget).join('+')}.${text(this.#wait(waiter))}`;
  }

  dependencies(path: ScopePath): string {
    const scope = this.#state.scopes.get(path);
    if (scope === undefined) return '-';
    return scope.withdrawn ? '!' : `=${scope.dependencies.join('+')}`;
  }

  sync(path: ScopePath): string {
    const sync = this.#state.syncs.get(path);
    if (sync === undefined) return 'i.~.0.~';
    const runner = sync.status === 'syncing' ? (sync.agent ?? off) : off;
    return `${syncLetters[sync.status]}.${runner}.${sync.failures}.${text(this.#pause(sync))}`;
  }

  requests(): string[] {
    const requests = [...this.#state.recentRequests].sort(([a], [b]) => (a < b ? -1 : 1));
    return requests.map(([id, { kind, agent }]) => `${id}=${kind}.${agent ?? off}`);
  }

  /** The limit on agents that hold locks, once it is not what the exploration began with. */
  places(): string[] {
    const { maxConcurrentAgents } = this.#state.settings;
    return maxConcurrentAgents === this.#constants.maxConcurrentAgents
      ? []
      : [`places=${maxConcurrentAgents}`];
  }

  /** What an agent has not read: each message by its sender and kind. */
  inbox(id: AgentId): string[] {
    const { unread = [], gaveWay = 0 } = this.#state.agents.get(id)?.inbox ?? {};
    if (unread.length + gaveWay === 0) return [];
    const messages = unread.map(({ from, messageKind }) => `${from ?? off}:${messageKind}`);
    return [`${id}<${messages.join('+')}.${gaveWay}`];
  }

  /** What breaks a rule, each with who held it then. */
  violations(): string[] {
    const open = [...this.#state.openViolations.values()];
    return open.map(({ subject, holder }) => `${subject}#${holder ?? off}`).sort();
  }

  /** Everything that is counted down. */
  clocks(): (number | null)[] {
    const { agents, locks, tickets, syncs } = this.#state;
    const left: (number | null)[] = [];
    for (const agent of agents.values())
      if (agent.presence === 'present') left.push(this.#session(agent), this.#block(agent));
    for (const lock of locks.values())
      left.push(this.#lease(lock), this.#scopeHold(lock), this.#placeHold(lock));
    for (const waiter of tickets.values()) left.push(this.#wait(waiter));
    for (const sync of syncs.values()) left.push(this.#pause(sync));
    return left;
  }

  #session(agent: Agent): number | null {
    return this.#constants.sessionTtl === 0 ? null : this.#until(agent.sessionDeadlineMs);
  }

  #block({ blockedSinceMs }: Agent): number | null {
    if (blockedSinceMs === null || this.#constants.maxBlock === 0) return null;
    return this.#until(blockedSinceMs + this.#state.settings.maxBlockMs);
  }

  #lease(lock: Lock): number | null {
    return this.#constants.lockTtl === 0 ? null : this.#until(lock.deadlineMs);
  }

  #scopeHold(lock: Lock): number | null {
    return this.#hold(lock.contendedSinceMs);
  }

  #placeHold(lock: Lock): number | null {
    if (lock.scope === undefined) return null;
    const { placeWaitSinceMs } = this.#state;
    return this.#hold(placeWaitSinceMs === null ? null : Math.max(placeWaitSinceMs, lock.grantedAtMs));
  }

  #hold(sinceMs: number | null): number | null {
    if (sinceMs === null || this.#constants.maxHold === 0) return null;
    return Math.max(0, this.#until(sinceMs + this.#state.settings.maxContendedHoldMs));
  }

  #wait({ deadlineMs }: Waiter): number | null {
    return deadlineMs === null ? null : this.#until(deadlineMs);
  }

  #pause({ status, retryAtMs }: Sync): number | null {
    return status !== 'failed' || retryAtMs === null ? null : Math.max(0, this.#until(retryAtMs));
  }

  #until(timeMs: number): number {
    return (timeMs - this.#nowMs) / this.#unitMs;
  }
}

const text = (left: number | null): string => (left === null ? off : String(left));
