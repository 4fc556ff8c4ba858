import {
  asDurationMs,
  oneNameOf,
  targetOf,
  wishOfNames,
  type AgentId,
  type Grant,
  type Revision,
  type Wish,
} from '../src/core/index.ts';
import {
  acquire,
  goneCodes,
  goOn,
  join,
  proofOf,
  releaseGrants,
  type AcquireWish,
  type AgentCommand,
  type AgentSession,
} from '../src/participant/index.ts';
import type { CallerCommand, Reply } from '../src/protocol/index.ts';
import type { Client } from './client.ts';
import { LeftItError, partOf, type Part } from './part.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { Talk } from './talk.ts';
import { Wishes } from './wishes.ts';
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
  say: 4,
  hear: 3,
  declare: 2,
  restart: 1,
  leave: 1,
  vanish: 1,
} as const;

/**
 * One coding agent: joins, takes turns on scopes, files and resources, talks, forgets itself, vanishes, comes back with old
 * tokens. What it does well it does as every participant; what it does badly (to wait without a sign of life, to use what it
 * has no more) it says itself.
 */
export class Agent {
  readonly #ports: AgentPorts;
  readonly #part: Part;
  readonly #wishes: Wishes;
  readonly #talk: Talk;
  #session: AgentSession | null = null;
  #locks: readonly Grant[] = [];

  constructor(ports: AgentPorts) {
    const { name, client, scheduler, random, profile } = ports;
    this.#ports = ports;
    this.#part = partOf(name, client, scheduler, random);
    this.#wishes = new Wishes(random, profile);
    const own = { part: this.#part, wishes: this.#wishes };
    this.#talk = new Talk({ ...ports, ...own, nowMs: () => scheduler.nowMs() });
  }

  /** Until the run's steps are used up. */
  async live(): Promise<void> {
    const { random, takeStep } = this.#ports;
    while (takeStep()) {
      await this.#pause(random.between(1, 500));
      if (this.#session === null) await this.#join();
      else await this.#act();
      if (random.happens(0.3)) await this.#read();
    }
  }

  /** One undisturbed turn on what it wants, however long the queue; gives up everything else first. */
  async makeProgress(wanted: Wish): Promise<void> {
    for (;;) {
      while (this.#session === null) await this.#join();
      await this.#say({ kind: 'CancelWait' });
      await this.#giveBackAll();
      await this.#acquire(this.#wish(wanted, true), 'well');
      if (this.#locks.length > 0) return this.#releaseAll();
      await this.#pause(200);
    }
  }

  /** Reads what it was sent, and hears of what befell it. */
  async catchUp(): Promise<void> {
    await this.#say({ kind: 'Heartbeat' });
    await this.#read();
    await this.#talk.hear();
  }

  async #act(): Promise<void> {
    const { random, client, profile } = this.#ports;
    const habit = random.weighted(habits);
    if (habit === 'work') await this.#work(random.between(1, 1_500));
    else if (habit === 'workLong') await this.#work(random.between(1_000, 2 * profile.settings.lockTtlMs));
    else if (habit === 'askAround') await client.query({ kind: 'status', at: null });
    else if (habit === 'heartbeat') await this.#say({ kind: 'Heartbeat' });
    else if (habit === 'sync') await this.#sync();
    else if (habit === 'say') await this.#say(this.#talk.saying());
    else if (habit === 'hear') await this.#talk.hear();
    else if (habit === 'restart') await this.#restart();
    else if (habit === 'declare') await this.#declare();
    else if (habit === 'leave') await this.#leave();
    else await this.#pause(random.between(1_000, 2 * profile.settings.sessionTtlMs));
  }

  /** Hears first how it ended before, if it did. */
  async #join(): Promise<void> {
    this.#forgetLocks();
    await this.#talk.hear();
    const { name, random } = this.#ports;
    const joined = await unlessLeft(join(this.#part, name, { program: 'sim' }));
    if (joined?.kind === 'joined') this.#session = joined.session;
    else await this.#pause(random.between(500, 5_000));
  }

  /** Its process ends, and another goes on in its name, with what was kept of its session. */
  async #restart(): Promise<void> {
    this.#forgetLocks();
    const kept = await this.#part.sessions.read(this.#ports.name);
    if (kept === null) return;
    const wentOn = await unlessLeft(goOn(this.#part, kept, { way: 'resume', from: 'sim' }));
    if (wentOn?.kind === 'wentOn') this.#session = wentOn.session;
    else if (wentOn !== null) this.#heed(wentOn.reply);
  }

  /** As participants do: when an answer has said that there is something to read. */
  async #read(): Promise<void> {
    if (this.#part.unread() > 0) await this.#say({ kind: 'ReadMessages' });
  }

  /** Takes a turn: acquires, writes, renews, gives back. May use what it no longer has: that must be refused. */
  async #work(forMs: number): Promise<void> {
    const { random } = this.#ports;
    await this.#acquireOne(this.#wishes.draw());
    if (this.#locks.length > 0 && random.happens(0.3)) await this.#move();
    for (const grant of this.#locks) {
      await this.#pause(forMs);
      await this.#write(grant);
      if (random.happens(0.3)) await this.#renew(grant);
    }
    if (random.happens(0.9)) await this.#releaseAll();
  }

  async #acquireOne(wanted: Wish): Promise<void> {
    const { random } = this.#ports;
    const wish = this.#wish(wanted, random.happens(0.8));
    await this.#acquire(wish, random.happens(0.5) ? 'well' : 'silently');
  }

  /** Goes on to something else beside what it has, and then gives that back, or keeps both. */
  async #move(): Promise<void> {
    const { random } = this.#ports;
    const before = this.#locks;
    await this.#pause(random.between(1, 1_000));
    await this.#acquireOne(this.#wishes.drawBeside(before));
    if (random.happens(0.5)) await this.#release(before);
  }

  #wish(wanted: Wish, waits: boolean): AcquireWish {
    const { random } = this.#ports;
    const ttlMs = random.happens(0.5) ? null : asDurationMs(random.between(500, 20_000));
    const forMs = random.happens(0.5) ? null : asDurationMs(random.between(1, 10_000));
    return { ...wanted, ttlMs, wait: waits ? { kind: 'queue', forMs } : { kind: 'none' }, reason: null };
  }

  async #acquire(wish: AcquireWish, how: 'well' | 'silently'): Promise<void> {
    if (how === 'well') await this.#acquireWell(wish);
    else await this.#acquireSilently(wish);
  }

  /** As every participant: present while it waits, and giving back what comes when it has given up. */
  async #acquireWell(wish: AcquireWish): Promise<void> {
    const { random, scheduler } = this.#ports;
    if (this.#session === null) return;
    const askedAtMs = scheduler.nowMs();
    const trustedMs = this.#leaseOf(wish.ttlMs);
    const patience = new AbortController();
    let cameByFreshTicket: boolean | null = null;
    const speaker = {
      submit: async (command: CallerCommand): Promise<Reply> => {
        const reply = await this.#part.speaker.submit(command);
        if (reply.ok && reply.result.kind === 'queued')
          cameByFreshTicket = reply.result.ticket === reply.revision;
        return reply;
      },
    };
    const onQueued = (): void => {
      if (random.happens(0.1)) scheduler.schedule(random.between(0, 500), () => patience.abort());
    };
    const hooks = { signal: patience.signal, onQueued };
    const acquired = await unlessLeft(acquire({ ...this.#part, speaker }, this.#session, wish, hooks));
    if (acquired?.kind === 'refused') this.#heed(acquired.reply);
    if (acquired?.kind !== 'granted') return;
    const { revision, locks } = acquired;
    const fresh = locks.filter(({ token }) => cameByFreshTicket ?? token === revision);
    this.#hold(locks, fresh, askedAtMs + trustedMs);
  }

  /** Without a sign of life: its session may be over before the lock comes. */
  async #acquireSilently(wish: AcquireWish): Promise<void> {
    const trustedUntilMs = this.#ports.scheduler.nowMs() + this.#leaseOf(wish.ttlMs);
    const accepted = await this.#say({ kind: 'AcquireLock', ...wish });
    if (accepted === null) return;
    const { revision, result } = accepted;
    if (result.kind === 'granted') {
      const fresh = result.locks.filter(({ token }) => token === revision);
      this.#hold(result.locks, fresh, trustedUntilMs);
    }
    if (result.kind === 'queued')
      await this.#wait(result.ticket, result.ticket === revision ? trustedUntilMs : 0);
  }

  /** How long a lock just granted lasts in any case, from the moment it was asked for. */
  #leaseOf(ttlMs: number | null): number {
    const { lockTtlMs, sessionTtlMs } = this.#ports.profile.settings;
    return Math.min(ttlMs ?? lockTtlMs, sessionTtlMs) - marginMs;
  }

  async #wait(ticket: Revision, trustedUntilMs: number): Promise<void> {
    const { random, client, witness, name: agent } = this.#ports;
    if (random.happens(0.1)) return this.#cancelWait();
    const reply = await client.awaitTicket({ agent, ticket });
    witness.learn(reply.revision);
    if (reply.kind === 'granted') this.#hold(reply.locks, reply.locks, trustedUntilMs);
  }

  async #cancelWait(): Promise<void> {
    await this.#pause(this.#ports.random.between(0, 500));
    await this.#say({ kind: 'CancelWait' });
  }

  /** `fresh`: those whose lease it knows, since they came of what it has just asked for. */
  #hold(locks: readonly Grant[], fresh: readonly Grant[], trustedUntilMs: number): void {
    const { scheduler, witness, name } = this.#ports;
    witness.believe(name, fresh, scheduler.nowMs(), trustedUntilMs);
    const came = new Set(locks.map(targetOf));
    this.#locks = [...this.#locks.filter((lock) => !came.has(targetOf(lock))), ...locks];
  }

  /** Reads before it writes; who writes meanwhile makes it a conflict. */
  async #write({ scope, token }: Grant): Promise<void> {
    if (scope === undefined) return;
    const { random, client } = this.#ports;
    const { scopes } = await client.query({ kind: 'scopes' });
    const seen = scopes.find(({ path }) => path === scope)?.contexts[contextFile];
    const digest = random.next().toString(16).slice(2).padEnd(64, '0');
    const baseDigest = seen?.digest ?? null;
    await this.#say({ kind: 'ContextModify', scope, file: contextFile, token, digest, baseDigest });
  }

  async #renew(lock: Grant): Promise<void> {
    await this.#say({ kind: 'RenewLock', ...oneNameOf(lock), token: lock.token, ttlMs: null });
  }

  async #releaseAll(): Promise<void> {
    const locks = this.#locks;
    this.#forgetLocks();
    await this.#giveBack(locks);
  }

  /** Some of what it has. */
  async #release(locks: readonly Grant[]): Promise<void> {
    const { witness, scheduler, name } = this.#ports;
    witness.giveUp(name, scheduler.nowMs(), locks);
    this.#locks = this.#locks.filter((lock) => !locks.includes(lock));
    await this.#giveBack(locks);
  }

  async #giveBack(locks: readonly Grant[]): Promise<void> {
    for (const lock of locks)
      await this.#say({ kind: 'ReleaseLock', ...wishOfNames([lock]), token: lock.token });
  }

  /** Also what it does not know that it holds: of a grant whose answer was lost it asks the coordinator. */
  async #giveBackAll(): Promise<void> {
    this.#forgetLocks();
    const { locks } = await this.#ports.client.query({ kind: 'status', at: null });
    const own = locks.filter(({ agent }) => agent === this.#ports.name);
    for (const lock of own)
      if (this.#session !== null) await unlessLeft(releaseGrants(this.#part.speaker, this.#session, [lock]));
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
    if (left === null) return;
    this.#session = null;
    await this.#part.sessions.forget(this.#ports.name);
  }

  #forgetLocks(): void {
    this.#ports.witness.giveUp(this.#ports.name, this.#ports.scheduler.nowMs());
    this.#locks = [];
  }

  /** Says something in its own name. Null when it was refused. */
  async #say(command: AgentCommand): Promise<Accepted | null> {
    if (this.#session === null) return null;
    const said = { ...command, ...proofOf(this.#session) } as CallerCommand;
    const reply = await unlessLeft(this.#part.speaker.submit(said));
    if (reply === null || reply.ok) return reply;
    this.#heed(reply);
    return null;
  }

  #heed({ rejection }: Extract<Reply, { ok: false }>): void {
    if (goneCodes.has(rejection.code)) this.#session = null;
  }

  #pause(forMs: number): Promise<void> {
    return this.#ports.scheduler.sleep(forMs);
  }
}

/** Null when nothing was written, and it left it at that. */
async function unlessLeft<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LeftItError) return null;
    throw error;
  }
}
