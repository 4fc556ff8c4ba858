/**
 * The machine once more, as plainly as possible: arrays, full scans, everything computed anew at each step. Written from
 * the semantics, not from the code, so that both must agree for a reason. Answers a rejection's code, or 'committed'.
 */
import type { Command, CommandKind, CommandOf, Settings } from '../../src/core/index.ts';
import { ModelGraph, type ModelDefinition } from './model-graph.ts';

interface ModelAgent {
  readonly name: string;
  readonly epoch: number;
  session: string;
  present: boolean;
  sessionEndsAt: number;
  /** What it has said: completed, or why it is blocked. */
  completed: boolean;
  saysBlockedSince: number | null;
}

interface ModelLock {
  readonly scope: string;
  readonly agent: string;
  readonly token: number;
  readonly grantedAt: number;
  ttl: number;
  endsAt: number;
  wantedSince: number | null;
}

interface ModelTicket {
  readonly number: number;
  readonly agent: string;
  readonly scopes: readonly string[];
  since: number;
  readonly wait: number | null;
  endsAt: number | null;
  readonly ttl: number;
}

/** A rejection's code, or 'committed'. */
export type Answer = string;

export class Model {
  now = 0;
  revision = 0;
  agents: ModelAgent[] = [];
  locks: ModelLock[] = [];
  tickets: ModelTicket[] = [];
  readonly graph: ModelGraph;
  /** Time of the last command that changed anything. */
  #loggedAt = 0;
  placeWantedSince: number | null = null;
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
    this.graph = new ModelGraph(settings);
  }

  /** `revision` is the one that the command gets when it is committed. */
  apply(command: Command, revision: number): Answer {
    this.now = command.atMs;
    this.revision = revision;
    this.graph.now = this.now;
    this.graph.revision = revision;
    const answer = this.#refusedAtGate(command) ?? this.#answer(command);
    this.#serve();
    return answer;
  }

  /** The last command is in the log. One of an agent shows that it is there. */
  logged(name: string | null): void {
    this.#loggedAt = this.now;
    const agent = this.agents.find((each) => each.name === name && each.present);
    if (agent !== undefined) agent.sessionEndsAt = this.now + this.settings.sessionTtlMs;
  }

  status(agent: ModelAgent): string {
    if (this.#ticketOf(agent.name) !== undefined) return 'blocked';
    if (this.#heldBy(agent.name).length > 0) return agent.saysBlockedSince === null ? 'working' : 'blocked';
    return agent.completed ? 'completed' : 'idle';
  }

  #answer(command: Command): Answer {
    const handlers: { [Kind in CommandKind]: (command: CommandOf<Kind>) => Answer } = {
      AgentJoin: (said) => this.#join(said),
      AgentResume: ({ agent, newSession }) => this.#resume(agent, newSession),
      AgentLeave: (said) => this.#leave(said.agent),
      Heartbeat: (said) => this.#heartbeat(said.agent),
      SetAgentStatus: (said) => this.#setStatus(said),
      AcquireLock: (said) => this.#acquire(said),
      ReleaseLock: (said) => this.#release(said),
      RenewLock: (said) => this.#renew(said),
      CancelWait: (said) => this.#endTickets((ticket) => ticket.agent === said.agent),
      RevokeLock: (said) => this.#revoke(said.scope),
      DefineScopes: (said) => this.#defineAll(said),
      DefineScope: (said) =>
        this.#define([...this.graph.defined().filter((scope) => scope.path !== said.scope.path), said.scope]),
      RemoveScope: (said) =>
        this.graph.unknown(said.scope) ??
        this.#define(this.graph.defined().filter((scope) => scope.path !== said.scope)),
      ContextModify: (said) => this.#write(said),
      GitOperation: (said) => this.graph.changed(said.scopes),
      InvalidateSync: (said) => this.graph.changed([said.scope]),
      StartSync: (said) => this.graph.startSync(said),
      CompleteSync: (said) => this.graph.endSync(said, (sync) => this.graph.complete(sync)),
      FailSync: (said) => this.graph.endSync(said, (sync) => this.graph.fail(sync)),
      RetrySync: (said) => this.graph.retry(said.scope),
      ResetSync: (said) =>
        this.graph.unknown(said.scope) ??
        this.graph.notFailed(said.scope) ??
        this.graph.idle(said.scope, true),
      AbortSync: (said) => this.graph.abort(said.scope),
      ExpireDue: () => this.#expire(),
      TakeOver: () => this.#rearm(),
      Configure: () => 'committed',
    };
    return (handlers[command.kind] as (said: Command) => Answer)(command);
  }

  // Agents.

  #refusedAtGate(command: Command): Answer | null {
    if (!('session' in command) || command.kind === 'AgentJoin') return null;
    const agent = this.agents.find((each) => each.name === command.agent);
    if (agent === undefined) return 'AGENT_NOT_FOUND';
    if (agent.epoch !== command.epoch) return 'STALE_EPOCH';
    if (agent.session !== command.session) return 'SESSION_MISMATCH';
    return agent.present ? null : 'AGENT_LOST';
  }

  #agent(name: string): ModelAgent {
    const agent = this.agents.find((each) => each.name === name);
    if (agent === undefined) throw new Error(`no ${name}`);
    return agent;
  }

  #join({ agent: name, session }: CommandOf<'AgentJoin'>): Answer {
    if (this.agents.some((each) => each.name === name && each.present)) return 'AGENT_ALREADY_JOINED';
    this.agents = this.agents.filter((each) => each.name !== name);
    this.agents.push({
      name,
      epoch: this.revision,
      session,
      present: true,
      sessionEndsAt: this.now + this.settings.sessionTtlMs,
      completed: false,
      saysBlockedSince: null,
    });
    return 'committed';
  }

  #resume(name: string, session: string): Answer {
    this.#agent(name).session = session;
    return 'committed';
  }

  #giveUpEverything(name: string): void {
    this.#endTickets((ticket) => ticket.agent === name);
    this.#endLocks((lock) => lock.agent === name);
    this.graph.failRunsOf(name);
  }

  #leave(name: string): Answer {
    this.#giveUpEverything(name);
    this.agents = this.agents.filter((each) => each.name !== name);
    return 'committed';
  }

  #heartbeat(name: string): Answer {
    for (const lock of this.#heldBy(name)) this.#prolong(lock, lock.ttl);
    return 'committed';
  }

  #setStatus({ agent: name, status: to }: CommandOf<'SetAgentStatus'>): Answer {
    const agent = this.#agent(name);
    const from = this.status(agent);
    if (from === to) return 'committed';
    const waits = this.#ticketOf(name) !== undefined;
    const allowed = [
      'working>blocked',
      'blocked>working',
      'working>completed',
      'idle>completed',
      'completed>idle',
    ];
    if (waits || !allowed.includes(`${from}>${to}`)) return 'TRANSITION_NOT_ALLOWED';
    if (to === 'completed') this.#giveUpEverything(name);
    agent.saysBlockedSince = to === 'blocked' ? this.now : null;
    agent.completed = to === 'completed';
    return 'committed';
  }

  // Locks and the queue.

  #heldBy(name: string): ModelLock[] {
    return this.locks.filter((lock) => lock.agent === name);
  }

  #lockOf(scope: string): ModelLock | undefined {
    return this.locks.find((lock) => lock.scope === scope);
  }

  #ticketOf(name: string): ModelTicket | undefined {
    return this.tickets.find((ticket) => ticket.agent === name);
  }

  #holders(): number {
    return new Set(this.locks.map((lock) => lock.agent)).size;
  }

  /** Why these scopes cannot be granted to this agent now. */
  #obstacle(name: string, scopes: readonly string[], own: ModelTicket | null): Answer | null {
    if (scopes.some((scope) => this.#lockOf(scope) !== undefined)) return 'LOCK_HELD';
    const [oldest] = this.tickets;
    if (oldest !== undefined && oldest !== own && oldest.scopes.some((scope) => scopes.includes(scope)))
      return 'RESERVED_FOR_WAITER';
    const needsPlace = this.#heldBy(name).length === 0;
    return needsPlace && this.#holders() >= this.settings.maxConcurrentAgents ? 'CONCURRENCY_LIMIT' : null;
  }

  #acquire({ agent: name, scopes, ttlMs, wait }: CommandOf<'AcquireLock'>): Answer {
    const missing = scopes.filter((scope) => this.#lockOf(scope)?.agent !== name);
    const refused = this.graph.unknown(...scopes) ?? this.#refusedWaiting(name, missing);
    if (refused !== null) return refused;
    if (this.#ticketOf(name) !== undefined) return 'committed';
    const overLimit = this.#refusedToAsk(name, missing, ttlMs);
    if (overLimit !== null) return overLimit;
    const ttl = ttlMs ?? this.settings.lockTtlMs;
    const obstacle = missing.length === 0 ? null : this.#obstacle(name, missing, null);
    if (obstacle !== null)
      return wait.kind === 'none' ? obstacle : this.#queue(name, missing, ttl, wait.forMs);
    for (const lock of this.#heldBy(name))
      if (scopes.includes(lock.scope as never)) {
        this.#prolong(lock, ttlMs ?? lock.ttl);
        lock.ttl = ttlMs ?? lock.ttl;
      }
    this.#grant(name, missing, ttl);
    return 'committed';
  }

  #refusedWaiting(name: string, scopes: readonly string[]): Answer | null {
    const ticket = this.#ticketOf(name);
    return ticket === undefined || ticket.scopes.join() === scopes.join() ? null : 'ALREADY_WAITING';
  }

  #refusedToAsk(name: string, missing: readonly string[], ttl: number | null): Answer | null {
    const held = this.#heldBy(name).length;
    const max = this.settings.maxLocksPerAgent;
    if (this.status(this.#agent(name)) === 'blocked') return 'AGENT_BLOCKED';
    if (missing.length > 0 && held > 0 && held + missing.length > max) return 'AGENT_HOLDS_LOCK';
    if (missing.length > max) return 'LOCK_LIMIT_REACHED';
    return ttl !== null && ttl > this.settings.lockTtlMaxMs ? 'TTL_TOO_LONG' : null;
  }

  #queue(agent: string, scopes: readonly string[], ttl: number, wait: number | null): Answer {
    const endsAt = wait === null ? null : this.now + wait;
    const ticket: ModelTicket = { number: this.revision, agent, scopes, since: this.now, wait, endsAt, ttl };
    this.tickets.push(ticket);
    if (this.#stuck().includes(ticket)) {
      this.tickets.pop();
      return 'WOULD_DEADLOCK';
    }
    this.#agent(agent).completed = false;
    return 'committed';
  }

  /** Tickets that can never be served: take away, again and again, those that nothing stuck stands before. */
  #stuck(): ModelTicket[] {
    let stuck = [...this.tickets];
    for (;;) {
      const names = stuck.map((ticket) => ticket.agent);
      const left = stuck.filter(
        (ticket) =>
          ticket.scopes.some((scope) => names.includes(this.#lockOf(scope)?.agent ?? '')) ||
          stuck.some(
            (ahead) =>
              ahead.number < ticket.number && ahead.scopes.some((scope) => ticket.scopes.includes(scope)),
          ) ||
          (this.#heldBy(ticket.agent).length === 0 &&
            this.#holders() >= this.settings.maxConcurrentAgents &&
            this.locks.every((lock) => names.includes(lock.agent))),
      );
      if (left.length === stuck.length) return stuck;
      stuck = left;
    }
  }

  #grant(agent: string, scopes: readonly string[], ttl: number): void {
    const { now: grantedAt, revision: token } = this;
    for (const scope of scopes)
      this.locks.push({ scope, agent, token, grantedAt, ttl, endsAt: grantedAt + ttl, wantedSince: null });
    if (scopes.length > 0) this.#agent(agent).completed = false;
  }

  /** Serves the queue until nobody can be served, and notes who waits for what since when. */
  #serve(): void {
    for (let served = true; served;) {
      const ready = this.tickets.find(
        (ticket) => this.#obstacle(ticket.agent, ticket.scopes, ticket) === null,
      );
      served = ready !== undefined;
      if (ready === undefined) break;
      this.#endTickets((ticket) => ticket === ready);
      this.#grant(ready.agent, ready.scopes, ready.ttl);
    }
    for (const lock of this.locks) {
      const wanted = this.tickets.some((ticket) => ticket.scopes.includes(lock.scope));
      lock.wantedSince = wanted ? (lock.wantedSince ?? this.now) : null;
    }
    const placeWanted = this.tickets.some(
      (ticket) => this.#obstacle(ticket.agent, ticket.scopes, ticket) === 'CONCURRENCY_LIMIT',
    );
    this.placeWantedSince = placeWanted ? (this.placeWantedSince ?? this.now) : null;
    this.#settleSaid();
    this.graph.forget((scope) => this.#isInUse(scope));
  }

  /** Who holds nothing any more has no reason to be blocked. */
  #settleSaid(): void {
    for (const agent of this.agents) if (this.#heldBy(agent.name).length === 0) agent.saysBlockedSince = null;
  }

  #prolong(lock: ModelLock, ttl: number): void {
    const wanted = [
      lock.wantedSince,
      this.placeWantedSince === null ? null : Math.max(this.placeWantedSince, lock.grantedAt),
    ].filter((since) => since !== null);
    const latest = Math.min(Infinity, ...wanted) + this.settings.maxContendedHoldMs;
    lock.endsAt = Math.max(lock.endsAt, Math.min(this.now + ttl, latest));
  }

  #endTickets(which: (ticket: ModelTicket) => boolean): Answer {
    this.tickets = this.tickets.filter((ticket) => !which(ticket));
    return 'committed';
  }

  #endLocks(which: (lock: ModelLock) => boolean): Answer {
    this.locks = this.locks.filter((lock) => !which(lock));
    return 'committed';
  }

  #release({ agent, scopes, token }: CommandOf<'ReleaseLock'>): Answer {
    const named: readonly string[] = scopes ?? this.#heldBy(agent).map((lock) => lock.scope);
    const unknown = this.graph.unknown(...named);
    if (unknown !== null) return unknown;
    const locks = this.locks.filter((lock) => named.includes(lock.scope));
    if (token !== null && locks.some((lock) => lock.token !== token)) return 'STALE_FENCING_TOKEN';
    if (locks.filter((lock) => lock.agent === agent).length < named.length) return 'LOCK_NOT_HELD';
    return this.#endLocks((lock) => lock.agent === agent && locks.includes(lock));
  }

  #renew({ agent, scope, token, ttlMs }: CommandOf<'RenewLock'>): Answer {
    const lock = this.#lockOf(scope);
    const unknown = this.graph.unknown(scope);
    if (unknown !== null) return unknown;
    if (ttlMs !== null && ttlMs > this.settings.lockTtlMaxMs) return 'TTL_TOO_LONG';
    if (token !== null && lock !== undefined && lock.token !== token) return 'STALE_FENCING_TOKEN';
    if (lock?.agent !== agent) return 'LOCK_NOT_HELD';
    this.#prolong(lock, ttlMs ?? lock.ttl);
    lock.ttl = ttlMs ?? lock.ttl;
    return 'committed';
  }

  #revoke(scope: string): Answer {
    const unknown = this.graph.unknown(scope);
    if (unknown !== null) return unknown;
    return this.#lockOf(scope) === undefined
      ? 'LOCK_NOT_HELD'
      : this.#endLocks((lock) => lock.scope === scope);
  }

  #write(said: CommandOf<'ContextModify'>): Answer {
    const { agent: name, scope, token } = said;
    const refused = this.graph.unknown(scope) ?? this.#refusedToWrite(name, scope, token);
    if (refused !== null) return refused;
    const digests = this.graph.scopes.find((each) => each.path === scope)?.digests ?? {};
    const known = digests[said.file];
    if (known !== undefined && known !== said.baseDigest) return 'CONTEXT_CONFLICT';
    digests[said.file] = said.digest;
    if (this.#lockOf(scope) === undefined) this.#grant(name, [scope], this.settings.lockTtlMs);
    this.graph.invalidate([scope]);
    return 'committed';
  }

  #refusedToWrite(name: string, scope: string, token: number | null): Answer | null {
    if (this.#ticketOf(name) !== undefined) return 'ALREADY_WAITING';
    if (this.status(this.#agent(name)) === 'blocked') return 'AGENT_BLOCKED';
    const lock = this.#lockOf(scope);
    if (lock !== undefined && token !== null && lock.token !== token) return 'STALE_FENCING_TOKEN';
    if (lock?.agent === name) return null;
    if (token !== null) return 'LOCK_NOT_HELD';
    if (this.#heldBy(name).length >= this.settings.maxLocksPerAgent) return 'AGENT_HOLDS_LOCK';
    return this.#obstacle(name, [scope], null);
  }

  #defineAll({ scopes, mayBeEmpty = false }: CommandOf<'DefineScopes'>): Answer {
    const emptied = scopes.length === 0 && this.graph.defined().length > 0;
    return emptied && !mayBeEmpty ? 'GRAPH_EMPTY' : this.#define(scopes);
  }

  #define(next: readonly ModelDefinition[]): Answer {
    return this.graph.define(next, (scope) => this.#isInUse(scope));
  }

  #isInUse(scope: string): boolean {
    return this.#lockOf(scope) !== undefined || this.tickets.some((ticket) => ticket.scopes.includes(scope));
  }

  // Time.

  #expire(): Answer {
    for (const agent of this.agents.filter((each) => each.present && each.sessionEndsAt <= this.now)) {
      this.#giveUpEverything(agent.name);
      agent.present = false;
      agent.completed = false;
    }
    for (const agent of this.agents)
      if (this.#blockedSince(agent) + this.settings.maxBlockMs <= this.now) this.#unblock(agent);
    this.#endTickets((ticket) => ticket.endsAt !== null && ticket.endsAt <= this.now);
    return this.#endLocks((lock) => lock.endsAt <= this.now);
  }

  #blockedSince(agent: ModelAgent): number {
    return this.#ticketOf(agent.name)?.since ?? agent.saysBlockedSince ?? Infinity;
  }

  #unblock(agent: ModelAgent): void {
    const ticket = this.#ticketOf(agent.name);
    if (ticket === undefined) this.#endLocks((lock) => lock.agent === agent.name);
    else this.#endTickets((each) => each === ticket);
  }

  /** Another clock: everything that runs starts anew in full, or with what it had left where that is more. */
  #rearm(): Answer {
    for (const agent of this.agents) {
      agent.sessionEndsAt = this.now + this.settings.sessionTtlMs;
      if (agent.saysBlockedSince !== null) agent.saysBlockedSince = this.now;
    }
    for (const lock of this.locks) {
      lock.endsAt = this.now + Math.max(lock.endsAt - this.#loggedAt, lock.ttl);
      if (lock.wantedSince !== null) lock.wantedSince = this.now;
    }
    for (const ticket of this.tickets) {
      ticket.since = this.now;
      ticket.endsAt = ticket.wait === null ? null : this.now + ticket.wait;
    }
    if (this.placeWantedSince !== null) this.placeWantedSince = this.now;
    return 'committed';
  }
}
