import { asDurationMs, type AgentId, type Grant, type Revision, type ScopePath } from '../src/core/index.ts';
import { goneCodes, proofOf, type AgentCommand, type AgentSession } from '../src/participant/index.ts';
import type { CallerCommand, CommandRequest, Reply } from '../src/protocol/index.ts';
import type { Client } from './client.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Witness } from './witness.ts';

export interface AgentPorts {
  readonly name: AgentId;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly client: Client;
  readonly witness: Witness;
  readonly profile: Profile;
  /** Takes one step of the run's budget; false when it is used up. */
  readonly takeStep: () => boolean;
}

type Accepted = Extract<Reply, { ok: true }>;

/** Clocks count whole milliseconds: what an agent measures may be this much off. */
const marginMs = 3;
const contextFile = 'notes.yaml';

/** What it says with a status: of its progress, if it has that already. */
const spoken = { blocked: 'stuck', working: 'half done', completed: null, idle: 'looks around' } as const;

/** What an agent does next, and how often. */
const habits = {
  work: 10,
  workLong: 2,
  askAround: 3,
  heartbeat: 3,
  sync: 3,
  declare: 2,
  leave: 1,
  vanish: 1,
} as const;

/** One coding agent: joins, takes turns on scopes, forgets itself, vanishes, comes back with old tokens. */
export class Agent {
  readonly #ports: AgentPorts;
  #session: AgentSession | null = null;
  #locks: readonly Grant[] = [];
  #requests = 0;

  constructor(ports: AgentPorts) {
    this.#ports = ports;
  }

  /** Until the run's steps are used up. */
  async live(): Promise<void> {
    const { random, takeStep } = this.#ports;
    while (takeStep()) {
      await this.#pause(random.between(1, 500));
      if (this.#session === null) await this.#join();
      else await this.#act();
    }
  }

  /** One undisturbed turn on a scope, however long the queue; gives up everything else first. */
  async makeProgress(scope: ScopePath): Promise<void> {
    for (;;) {
      while (this.#session === null) await this.#join();
      await this.#say({ kind: 'CancelWait' });
      await this.#giveBackAll();
      await this.#acquire([scope], true);
      const [granted] = this.#locks;
      if (granted?.scope === scope) return this.#releaseAll();
      await this.#pause(200);
    }
  }

  async #act(): Promise<void> {
    const { random, client, profile } = this.#ports;
    const habit = random.weighted(habits);
    if (habit === 'work') await this.#work(random.between(1, 1_500));
    else if (habit === 'workLong') await this.#work(random.between(1_000, 2 * profile.settings.lockTtlMs));
    else if (habit === 'askAround') await client.query({ kind: 'status', at: null });
    else if (habit === 'heartbeat') await this.#say({ kind: 'Heartbeat' });
    else if (habit === 'sync') await this.#sync();
    else if (habit === 'declare') await this.#declare();
    else if (habit === 'leave') await this.#leave();
    else await this.#pause(random.between(1_000, 2 * profile.settings.sessionTtlMs));
  }

  async #join(): Promise<void> {
    const { name: agent, random } = this.#ports;
    const secret = `secret of ${agent} ${random.next()}`;
    this.#forgetLocks();
    const reply = await this.#send({ kind: 'AgentJoin', agent, secret, metadata: { program: 'sim' } });
    if (reply?.ok === true && reply.result.kind === 'joined')
      this.#session = { agent, secret, epoch: reply.result.epoch };
    else await this.#pause(random.between(500, 5_000));
  }

  /** Takes a turn: acquires, writes, renews, gives back. May use what it no longer has: that must be refused. */
  async #work(forMs: number): Promise<void> {
    const { random, profile } = this.#ports;
    const most = Math.min(profile.settings.maxLocksPerAgent, profile.scopes.length);
    const scopes = random.some(profile.scopes, random.between(1, most)).sort();
    await this.#acquire(scopes, random.happens(0.8));
    for (const grant of this.#locks) {
      await this.#pause(forMs);
      await this.#write(grant);
      if (random.happens(0.3)) await this.#renew(grant);
    }
    if (random.happens(0.9)) await this.#releaseAll();
  }

  async #acquire(scopes: readonly ScopePath[], wait: boolean): Promise<void> {
    const { random, scheduler } = this.#ports;
    const askedAtMs = scheduler.nowMs();
    const ttlMs = random.happens(0.5) ? null : asDurationMs(random.between(500, 20_000));
    const forMs = random.happens(0.5) ? null : asDurationMs(random.between(1, 10_000));
    const accepted = await this.#say({
      kind: 'AcquireLock',
      scopes,
      ttlMs,
      wait: wait ? { kind: 'queue', forMs } : { kind: 'none' },
      reason: null,
    });
    if (accepted === null) return;
    const { revision, result } = accepted;
    const trustedMs = this.#leaseOf(ttlMs);
    if (result.kind === 'granted') {
      const fresh = result.locks.every((lock) => lock.token === revision);
      this.#hold(result.locks, askedAtMs, fresh ? trustedMs : 0);
    }
    if (result.kind === 'queued')
      await this.#wait(result.ticket, askedAtMs, result.ticket === revision ? trustedMs : 0);
  }

  /** How long a lock just granted lasts in any case, from the moment it was asked for. */
  #leaseOf(ttlMs: number | null): number {
    const { lockTtlMs, sessionTtlMs } = this.#ports.profile.settings;
    return Math.min(ttlMs ?? lockTtlMs, sessionTtlMs) - marginMs;
  }

  async #wait(ticket: Revision, askedAtMs: number, trustedMs: number): Promise<void> {
    const { random, client, witness, name: agent } = this.#ports;
    if (random.happens(0.1)) return this.#cancelWait();
    const reply = await client.awaitTicket({ agent, ticket });
    witness.learn(reply.revision);
    if (reply.kind === 'granted') this.#hold(reply.locks, askedAtMs, trustedMs);
  }

  async #cancelWait(): Promise<void> {
    await this.#pause(this.#ports.random.between(0, 500));
    await this.#say({ kind: 'CancelWait' });
  }

  #hold(locks: readonly Grant[], askedAtMs: number, trustedMs: number): void {
    const { scheduler, witness, name } = this.#ports;
    witness.believe(name, locks, scheduler.nowMs(), askedAtMs + trustedMs);
    this.#locks = locks;
  }

  /** Reads before it writes; who writes meanwhile makes it a conflict. */
  async #write({ scope, token }: Grant): Promise<void> {
    const { random, client } = this.#ports;
    const { scopes } = await client.query({ kind: 'scopes' });
    const seen = scopes.find(({ path }) => path === scope)?.contexts[contextFile];
    const digest = random.next().toString(16).slice(2).padEnd(64, '0');
    const baseDigest = seen?.digest ?? null;
    await this.#say({ kind: 'ContextModify', scope, file: contextFile, token, digest, baseDigest });
  }

  async #renew({ scope, token }: Grant): Promise<void> {
    await this.#say({ kind: 'RenewLock', scope, token, ttlMs: null });
  }

  async #releaseAll(): Promise<void> {
    const locks = this.#locks;
    this.#forgetLocks();
    for (const { scope, token } of locks) await this.#say({ kind: 'ReleaseLock', scopes: [scope], token });
  }

  /** Also what it does not know that it holds: of a grant whose answer was lost it asks the coordinator. */
  async #giveBackAll(): Promise<void> {
    this.#forgetLocks();
    const { locks } = await this.#ports.client.query({ kind: 'status', at: null });
    for (const { scope, token, agent } of locks)
      if (agent === this.#ports.name) await this.#say({ kind: 'ReleaseLock', scopes: [scope], token });
  }

  async #sync(): Promise<void> {
    const { random, profile } = this.#ports;
    const scope = random.pick(profile.scopes);
    const started = (await this.#say({ kind: 'StartSync', scope }))?.result;
    if (started?.kind !== 'syncStarted') return;
    const { run } = started;
    await this.#pause(random.between(0, 2_000));
    if (random.happens(0.6))
      await this.#say({ kind: 'CompleteSync', scope, run, digest: null, syncedAgainst: {} });
    else if (random.happens(0.8)) await this.#say({ kind: 'FailSync', scope, run, error: 'planned' });
  }

  /** Whatever it declares, it relies on nothing until it has joined anew: a declaration may be repeated late. */
  async #declare(): Promise<void> {
    this.#forgetLocks();
    const status = this.#ports.random.pick(['blocked', 'working', 'completed', 'idle'] as const);
    await this.#say({ kind: 'SetAgentStatus', status, reason: spoken[status] });
    if (this.#ports.random.happens(0.5)) await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#forgetLocks();
    const left = await this.#say({ kind: 'AgentLeave' });
    if (left !== null) this.#session = null;
  }

  #forgetLocks(): void {
    this.#ports.witness.giveUp(this.#ports.name, this.#ports.scheduler.nowMs());
    this.#locks = [];
  }

  /** Says something in its own name. Null when it was refused. */
  async #say(command: AgentCommand): Promise<Accepted | null> {
    if (this.#session === null) return null;
    const reply = await this.#send({ ...command, ...proofOf(this.#session) } as CallerCommand);
    if (reply === null || reply.ok) return reply;
    if (goneCodes.has(reply.rejection.code)) this.#session = null;
    return null;
  }

  #send(command: CallerCommand): Promise<Reply | null> {
    this.#requests += 1;
    const request: CommandRequest = { requestId: `${this.#ports.name}-${this.#requests}`, command };
    return this.#ports.client.submit(request);
  }

  #pause(forMs: number): Promise<void> {
    return this.#ports.scheduler.sleep(forMs);
  }
}
