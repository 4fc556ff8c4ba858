/**
 * The machine once more, as plainly as possible: arrays, full scans, everything computed anew at each step. Written from
 * the semantics, not from the code, so that both must agree for a reason. Answers a rejection's code, or 'committed'.
 */
import type { Command, CommandKind, CommandOf, Settings } from '../../src/core/index.ts';
import { ModelGraph, type ModelDefinition } from './model-graph.ts';
import { addressed, ModelMail } from './model-mail.ts';
import { ModelQueue, type ModelTarget, type ModelTicket } from './model-queue.ts';
import { beyondBounds, isStale, sameTargets, targetsOf, unknownIn, wishFor } from './model-wish.ts';

interface ModelAgent {
  readonly name: string;
  readonly epoch: number;
  session: string;
  present: boolean;
  sessionEndsAt: number;
  /** Since when its process is known to have ended. */
  seenDeadAt: number | null;
  /** What it has said: completed, or why it is blocked. */
  completed: boolean;
  saysBlockedSince: number | null;
}

/** A rejection's code, or 'committed'. */
export type Answer = string;

export class Model {
  now = 0;
  revision = 0;
  agents: ModelAgent[] = [];
  readonly queue: ModelQueue;
  readonly graph: ModelGraph;
  readonly mail: ModelMail;
  /** What is known to break a rule. */
  readonly violated = new Set<string>();
  /** Time of the last command that changed anything. */
  #loggedAt = 0;
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
    this.queue = new ModelQueue(settings);
    this.graph = new ModelGraph(settings);
    this.mail = new ModelMail(settings);
  }

  /** `revision` is the one that the command gets when it is committed. */
  apply(command: Command, revision: number): Answer {
    this.now = command.atMs;
    this.revision = revision;
    this.queue.now = this.now;
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
    if (agent === undefined) return;
    agent.sessionEndsAt = this.now + this.settings.sessionTtlMs;
    agent.seenDeadAt = null;
  }

  status(agent: ModelAgent): string {
    if (this.queue.ticketOf(agent.name) !== undefined) return 'blocked';
    if (this.queue.heldBy(agent.name).length > 0)
      return agent.saysBlockedSince === null ? 'working' : 'blocked';
    return agent.completed ? 'completed' : 'idle';
  }

  #answer(command: Command): Answer {
    const handlers: { [Kind in CommandKind]: (command: CommandOf<Kind>) => Answer } = {
      AgentJoin: (said) => this.#join(said),
      AgentResume: ({ agent, newSession }) => this.#resume(agent, newSession),
      AgentLeave: (said) => this.#leave(said.agent),
      SeeDead: (said) => this.#seeDead(said.agent),
      Heartbeat: (said) => this.#heartbeat(said.agent),
      SetAgentStatus: (said) => this.#setStatus(said),
      AcquireLock: (said) => this.#acquire(said),
      ReleaseLock: (said) => this.#release(said),
      RenewLock: (said) => this.#renew(said),
      SendMessage: (said) => this.#send(said, said.agent),
      SendAsOperator: (said) => this.#send(said, null),
      ReadMessages: ({ agent }) => this.mail.read(agent),
      CancelWait: (said) => this.queue.endTickets((ticket) => ticket.agent === said.agent),
      RevokeLock: (said) => this.#revoke(said),
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
      ReportViolation: ({ subject }) => (this.violated.add(subject), 'committed'),
      SettleViolation: ({ subject }) => (this.violated.delete(subject) ? 'committed' : 'VIOLATION_NOT_FOUND'),
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
      seenDeadAt: null,
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
    this.queue.endTickets((ticket) => ticket.agent === name);
    this.queue.endLocks((lock) => lock.agent === name);
    this.graph.failRunsOf(name);
  }

  #leave(name: string): Answer {
    this.#giveUpEverything(name);
    this.mail.drop(name);
    this.agents = this.agents.filter((each) => each.name !== name);
    return 'committed';
  }

  #seeDead(name: string): Answer {
    const agent = this.#agent(name);
    const endsAt = this.now + this.settings.deadGraceMs;
    if (endsAt >= agent.sessionEndsAt) return 'committed';
    agent.sessionEndsAt = endsAt;
    agent.seenDeadAt = this.now;
    return 'committed';
  }

  #heartbeat(name: string): Answer {
    for (const lock of this.queue.heldBy(name)) this.queue.prolong(lock, lock.ttl);
    return 'committed';
  }

  #setStatus({ agent: name, status: to }: CommandOf<'SetAgentStatus'>): Answer {
    const agent = this.#agent(name);
    const from = this.status(agent);
    if (from === to) return 'committed';
    const waits = this.queue.ticketOf(name) !== undefined;
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

  #send({ to }: Pick<CommandOf<'SendMessage'>, 'to'>, sender: string | null): Answer {
    const unknown = to.kind === 'holder' ? unknownIn(this.graph, wishFor(to)) : null;
    if (unknown !== null) return unknown;
    const present = this.agents.filter((agent) => agent.present).map(({ name }) => name);
    const all = addressed(to, present, (name) =>
      targetsOf(this.graph, wishFor(name)).flatMap((target) => this.queue.holdersInTheWay(target)),
    );
    const others = [...new Set(all)].filter((name) => name !== sender);
    return this.mail.send(this.revision, this.now, sender, others);
  }

  // Locks and the queue.

  #acquire(said: CommandOf<'AcquireLock'>): Answer {
    const { agent: name, ttlMs, wait } = said;
    const unknown = unknownIn(this.graph, said);
    if (unknown !== null) return unknown;
    const targets = targetsOf(this.graph, said);
    const missing = targets.filter((target) => this.queue.heldAs(name, target) === undefined);
    const waiting = this.#refusedWaiting(name, missing);
    if (waiting !== null) return waiting;
    if (this.queue.ticketOf(name) !== undefined) return 'committed';
    const overLimit = this.#refusedToAsk(name, missing, ttlMs);
    if (overLimit !== null) return overLimit;
    const ttl = ttlMs ?? this.settings.lockTtlMs;
    const obstacle = missing.length === 0 ? null : this.queue.obstacle(name, missing, null);
    if (obstacle !== null)
      return wait.kind === 'none' ? obstacle : this.#queue(name, missing, ttl, wait.forMs);
    for (const target of targets) this.#prolongHeld(name, target, ttlMs);
    this.#grant(name, missing, ttl);
    return 'committed';
  }

  #prolongHeld(name: string, target: ModelTarget, ttl: number | null): void {
    const lock = this.queue.heldAs(name, target);
    if (lock === undefined) return;
    this.queue.prolong(lock, ttl ?? lock.ttl);
    lock.ttl = ttl ?? lock.ttl;
  }

  #refusedWaiting(name: string, targets: readonly ModelTarget[]): Answer | null {
    const ticket = this.queue.ticketOf(name);
    return ticket === undefined || sameTargets(ticket.targets, targets) ? null : 'ALREADY_WAITING';
  }

  #refusedToAsk(name: string, missing: readonly ModelTarget[], ttl: number | null): Answer | null {
    if (this.status(this.#agent(name)) === 'blocked') return 'AGENT_BLOCKED';
    const refused = beyondBounds(this.queue, name, missing);
    if (refused !== null) return refused;
    return ttl !== null && ttl > this.settings.lockTtlMaxMs ? 'TTL_TOO_LONG' : null;
  }

  #queue(agent: string, targets: readonly ModelTarget[], ttl: number, wait: number | null): Answer {
    const endsAt = wait === null ? null : this.now + wait;
    const ticket: ModelTicket = { number: this.revision, agent, targets, since: this.now, wait, endsAt, ttl };
    this.queue.tickets.push(ticket);
    if (this.queue.stuck().includes(ticket)) {
      this.queue.tickets.pop();
      return 'WOULD_DEADLOCK';
    }
    this.#agent(agent).completed = false;
    return 'committed';
  }

  #grant(agent: string, targets: readonly ModelTarget[], ttl: number): void {
    this.queue.grant(agent, this.revision, targets, ttl);
    if (targets.length > 0) this.#agent(agent).completed = false;
  }

  /** Serves the queue until nobody can be served, and notes who waits for what since when. */
  #serve(): void {
    for (let served = true; served;) {
      const ready = this.queue.tickets.find(
        (ticket) => this.queue.obstacle(ticket.agent, ticket.targets, ticket) === null,
      );
      served = ready !== undefined;
      if (ready === undefined) break;
      this.queue.endTickets((ticket) => ticket === ready);
      this.#grant(ready.agent, ready.targets, ready.ttl);
    }
    this.queue.noteWanted();
    this.#settleSaid();
    this.graph.forget((scope) => this.queue.isInUse(scope));
  }

  /** Who holds nothing any more has no reason to be blocked. */
  #settleSaid(): void {
    for (const agent of this.agents)
      if (this.queue.heldBy(agent.name).length === 0) agent.saysBlockedSince = null;
  }

  #release(said: CommandOf<'ReleaseLock'>): Answer {
    const { agent, scopes, files = [], resources = [], token } = said;
    if (scopes === null && files.length === 0 && resources.length === 0) {
      const held = this.queue.heldBy(agent);
      if (token !== null && held.some((lock) => lock.token !== token)) return 'STALE_FENCING_TOKEN';
      return this.queue.endLocks((lock) => lock.agent === agent);
    }
    const wish = { scopes: scopes ?? [], files, resources };
    const unknown = unknownIn(this.graph, wish);
    if (unknown !== null) return unknown;
    const targets = targetsOf(this.graph, wish);
    if (targets.some((target) => isStale(this.queue, agent, target, token))) return 'STALE_FENCING_TOKEN';
    const locks = targets.map((target) => this.queue.heldAs(agent, target));
    if (locks.includes(undefined)) return 'LOCK_NOT_HELD';
    return this.queue.endLocks((lock) => locks.includes(lock));
  }

  #renew(said: CommandOf<'RenewLock'>): Answer {
    const { agent, token, ttlMs } = said;
    const unknown = unknownIn(this.graph, wishFor(said));
    if (unknown !== null) return unknown;
    const [target] = targetsOf(this.graph, wishFor(said));
    if (target === undefined) throw new Error('nothing is renewed');
    if (ttlMs !== null && ttlMs > this.settings.lockTtlMaxMs) return 'TTL_TOO_LONG';
    if (isStale(this.queue, agent, target, token)) return 'STALE_FENCING_TOKEN';
    if (this.queue.heldAs(agent, target) === undefined) return 'LOCK_NOT_HELD';
    this.#prolongHeld(agent, target, ttlMs);
    return 'committed';
  }

  /** Of a resource its first slot, unless another is named. */
  #revoke(said: CommandOf<'RevokeLock'>): Answer {
    const unknown = unknownIn(this.graph, wishFor(said));
    if (unknown !== null) return unknown;
    const { scope, file, resource, slot = 1 } = said;
    const text = resource === undefined ? (file ?? scope) : `${resource}#${slot}`;
    const lock = this.queue.lockOf(text ?? '');
    return lock === undefined ? 'LOCK_NOT_HELD' : this.queue.endLocks((each) => each === lock);
  }

  #write(said: CommandOf<'ContextModify'>): Answer {
    const { agent: name, scope, token } = said;
    const path = `${scope}/${said.file}`;
    const covering = [scope, ...(this.graph.nearest(path) === scope ? [path] : [])];
    const refused = this.graph.unknown(scope) ?? this.#refusedToWrite(name, scope, covering, token);
    if (refused !== null) return refused;
    const digests = this.graph.scopes.find((each) => each.path === scope)?.digests ?? {};
    const known = digests[said.file];
    if (known !== undefined && known !== said.baseDigest) return 'CONTEXT_CONFLICT';
    digests[said.file] = said.digest;
    const isHeld = covering.some((text) => this.queue.lockOf(text)?.agent === name);
    if (!isHeld) this.#grant(name, [{ kind: 'whole', name: scope, scope }], this.settings.lockTtlMs);
    this.graph.invalidate([scope]);
    return 'committed';
  }

  #refusedToWrite(
    name: string,
    scope: string,
    covering: readonly string[],
    token: number | null,
  ): Answer | null {
    if (this.queue.ticketOf(name) !== undefined) return 'ALREADY_WAITING';
    if (this.status(this.#agent(name)) === 'blocked') return 'AGENT_BLOCKED';
    const locks = covering.flatMap((text) => this.queue.lockOf(text) ?? []);
    if (token !== null && locks.length > 0 && locks.every((lock) => lock.token !== token))
      return 'STALE_FENCING_TOKEN';
    if (locks.some((lock) => lock.agent === name)) return null;
    if (token !== null) return 'LOCK_NOT_HELD';
    const scopes = this.queue.scopesOf(name);
    if (!scopes.includes(scope) && scopes.length >= this.settings.maxLocksPerAgent) return 'AGENT_HOLDS_LOCK';
    return this.queue.obstacle(name, [{ kind: 'whole', name: scope, scope }], null);
  }

  #defineAll({ scopes, mayBeEmpty = false }: CommandOf<'DefineScopes'>): Answer {
    const emptied = scopes.length === 0 && this.graph.defined().length > 0;
    return emptied && !mayBeEmpty ? 'GRAPH_EMPTY' : this.#define(scopes);
  }

  #define(next: readonly ModelDefinition[]): Answer {
    const refused = this.graph.refused(next);
    if (refused !== null) return refused;
    this.queue.endMoved(
      ({ kind, name, scope }) => kind === 'file' && this.graph.nearest(name, next) !== scope,
    );
    return this.graph.define(next, (scope) => this.queue.isInUse(scope));
  }

  // Time.

  #expire(): Answer {
    for (const agent of this.agents.filter((each) => each.present && each.sessionEndsAt <= this.now)) {
      this.#giveUpEverything(agent.name);
      this.mail.drop(agent.name);
      agent.present = false;
      agent.completed = false;
    }
    for (const agent of this.agents)
      if (this.#blockedSince(agent) + this.settings.maxBlockMs <= this.now) this.#unblock(agent);
    this.queue.endTickets((ticket) => ticket.endsAt !== null && ticket.endsAt <= this.now);
    return this.queue.endLocks((lock) => lock.endsAt <= this.now);
  }

  #blockedSince(agent: ModelAgent): number {
    return this.queue.ticketOf(agent.name)?.since ?? agent.saysBlockedSince ?? Infinity;
  }

  #unblock(agent: ModelAgent): void {
    const ticket = this.queue.ticketOf(agent.name);
    if (ticket === undefined) this.queue.endLocks((lock) => lock.agent === agent.name);
    else this.queue.endTickets((each) => each === ticket);
  }

  /** Another clock: everything that runs starts anew in full, or with what it had left where that is more. */
  #rearm(): Answer {
    for (const agent of this.agents) {
      agent.sessionEndsAt = this.now + this.settings.sessionTtlMs;
      if (agent.present) agent.seenDeadAt = null;
      if (agent.saysBlockedSince !== null) agent.saysBlockedSince = this.now;
    }
    for (const lock of this.queue.locks) {
      lock.endsAt = this.now + Math.max(lock.endsAt - this.#loggedAt, lock.ttl);
      if (lock.wantedSince !== null) lock.wantedSince = this.now;
    }
    for (const ticket of this.queue.tickets) {
      ticket.since = this.now;
      ticket.endsAt = ticket.wait === null ? null : this.now + ticket.wait;
    }
    if (this.queue.placeWantedSince !== null) this.queue.placeWantedSince = this.now;
    return 'committed';
  }
}
