/**
 * Replays a record of commits through the service, in virtual time. Each commit becomes an agent that joins some time
 * before, acquires the scopes of its files, works, and releases them; one in fifty dies at work.
 */
import { setImmediate as turn } from 'node:timers/promises';
import {
  asDurationMs,
  defaultSettings,
  targetsPerRequestMax,
  type Grant,
  type Result,
  type ScopeDefinition,
  type ScopePath,
  type Settings,
} from '../../src/core/index.ts';
import type { CallerCommand, Reply } from '../../src/protocol/index.ts';
import { openService, type Service } from '../../src/service/index.ts';
import { ManualClock, ManualTime } from '../../src/time/index.ts';
import type { LogStore } from '../../src/store/index.ts';
import { agentId } from '../support/machine.ts';
import { Random } from '../withstand/support/random.ts';
import { Agenda } from './agenda.ts';
import type { Commit } from './gastown.ts';

export interface Figures {
  readonly commits: number;
  /** Agents that died while they held locks. */
  readonly deaths: number;
  readonly grants: number;
  /** Acquires that were queued. */
  readonly waits: number;
  readonly longestQueue: number;
  /** Acquires refused because waiting would have closed a cycle. */
  readonly deadlocksRefused: number;
  readonly invariantsChecked: number;
  readonly violations: number;
  /** What is left when all is done. */
  readonly locksLeft: number;
  readonly ticketsLeft: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** An agent works for at most this long; a lease is longer, so that only the dead lose theirs. */
const workMaxMs = 90 * minuteMs;
/** Time passes in steps, so that what expires does so at about its time. */
const stepMs = 10 * minuteMs;
const deathShare = 0.02;
const oneByOneShare = 0.5;
const checkEvery = 50;

const settings: Settings = {
  ...defaultSettings,
  maxConcurrentAgents: 10_000,
  maxLocksPerAgent: 100,
  lockTtlMs: asDurationMs(2 * hourMs),
  lockTtlMaxMs: asDurationMs(2 * hourMs),
  maxContendedHoldMs: asDurationMs(2 * hourMs),
  maxBlockMs: asDurationMs(7 * dayMs),
  sessionTtlMs: asDurationMs(7 * dayMs),
};

interface Proof {
  readonly agent: ReturnType<typeof agentId>;
  readonly epoch: Extract<Result, { kind: 'joined' }>['epoch'];
  readonly secret: string;
}

export async function replay(
  store: LogStore,
  scopes: readonly ScopeDefinition[],
  commits: readonly Commit[],
): Promise<Figures> {
  const startMs = (commits[0]?.atMs ?? 0) - dayMs;
  const clock = new ManualClock({ wallMs: startMs });
  const timers = new ManualTime(clock);
  const host = { hostId: 'host', bootId: 'boot' };
  // Nobody else writes the log, and the watching of it would be by virtual time.
  const random = new Random(2);
  const options = { follow: false, chance: () => random.next() };
  const service = await openService({ store, clock, timers, host, options });
  try {
    resultOf(await service.submitInternal({ kind: 'Configure', by: 'replay', settings }));
    resultOf(await service.submitInternal({ kind: 'DefineScopes', by: 'replay', scopes }));
    return await new Replay(service, clock, timers).run(commits);
  } finally {
    await service.stop();
  }
}

class Replay {
  readonly #service: Service;
  readonly #clock: ManualClock;
  readonly #timers: ManualTime;
  readonly #random = new Random(1);
  readonly #agenda = new Agenda();
  readonly #counts = { deaths: 0, grants: 0, waits: 0, longestQueue: 0, deadlocksRefused: 0 };
  #requests = 0;
  /** Agents that neither work nor wait: time stands still until they have had their say. */
  #busy = 0;
  #queued = 0;
  #checks = 0;
  #violations = 0;
  #failure: Error | null = null;

  constructor(service: Service, clock: ManualClock, timers: ManualTime) {
    this.#service = service;
    this.#clock = clock;
    this.#timers = timers;
  }

  async run(commits: readonly Commit[]): Promise<Figures> {
    commits.forEach((commit, index) => this.#plan(commit, index));
    let steps = 0;
    for (let next = this.#nextStepMs(); next !== null; next = this.#nextStepMs()) {
      this.#timers.advance(next - this.#clock.wallMs());
      await this.#settle();
      this.#agenda.runDue(this.#clock.wallMs());
      await this.#settle();
      if ((steps += 1) % checkEvery === 0) await this.#check();
    }
    await this.#check();
    return this.#figures(commits.length);
  }

  /** Null when everybody is done. While somebody waits with nothing planned, a dead agent's lease has to run out. */
  #nextStepMs(): number | null {
    const plannedMs = this.#agenda.nextAtMs;
    if (plannedMs === null && this.#queued === 0) return null;
    return Math.min(plannedMs ?? Infinity, this.#clock.wallMs() + stepMs);
  }

  /** Lets everybody who can speak do so. */
  async #settle(): Promise<void> {
    do {
      await this.#service.query({ kind: 'health' });
      await turn();
      if (this.#failure !== null) throw this.#failure;
    } while (this.#busy > 0);
  }

  async #check(): Promise<void> {
    const { checked, violations } = await this.#service.query({ kind: 'violations' });
    this.#checks += checked.length;
    this.#violations += violations.length;
  }

  async #figures(commits: number): Promise<Figures> {
    // Whoever died last keeps its locks until its lease is over.
    this.#timers.advance(settings.lockTtlMs);
    await this.#settle();
    const { locks, waiters } = await this.#service.query({ kind: 'status', at: null });
    const left = { locksLeft: locks.length, ticketsLeft: waiters.length };
    return {
      commits,
      ...this.#counts,
      invariantsChecked: this.#checks,
      violations: this.#violations,
      ...left,
    };
  }

  #plan(commit: Commit, index: number): void {
    const workMs = minuteMs + this.#random.below(workMaxMs - minuteMs);
    const dies = this.#random.next() < deathShare;
    const oneByOne = this.#random.next() < oneByOneShare;
    this.#agenda.add(commit.atMs - workMs, () => {
      this.#busy += 1;
      this.#live(`${commit.agent}/${index}`, commit, { workMs, dies, oneByOne })
        .catch((error: unknown) => (this.#failure = new Error('an agent failed', { cause: error })))
        .finally(() => (this.#busy -= 1));
    });
  }

  async #live(
    name: string,
    commit: Commit,
    life: { workMs: number; dies: boolean; oneByOne: boolean },
  ): Promise<void> {
    const proof = await this.#join(name);
    const scopes = commit.scopes.slice(0, targetsPerRequestMax);
    await (life.oneByOne ? this.#acquireEach(proof, scopes) : this.#acquire(proof, scopes));
    await this.#idly(this.#agenda.reached(this.#clock.wallMs() + life.workMs));
    if (life.dies) {
      this.#counts.deaths += 1;
      return;
    }
    await this.#accepted({ kind: 'ReleaseLock', ...proof, scopes: null, token: null });
    await this.#accepted({ kind: 'AgentLeave', ...proof });
  }

  async #join(name: string): Promise<Proof> {
    const agent = agentId(name);
    const secret = Buffer.from(name.padEnd(16)).toString('hex');
    const joined = await this.#accepted({ kind: 'AgentJoin', agent, secret, metadata: {} });
    if (joined.kind !== 'joined') throw new Error(`${name} cannot join: ${joined.kind}`);
    return { agent, epoch: joined.epoch, secret };
  }

  /** One scope after the other; where that would end in a deadlock, as the refusal advises: all at once. */
  async #acquireEach(proof: Proof, scopes: readonly ScopePath[]): Promise<void> {
    for (const scope of scopes) {
      if (await this.#acquire(proof, [scope])) continue;
      this.#counts.deadlocksRefused += 1;
      await this.#accepted({ kind: 'ReleaseLock', ...proof, scopes: null, token: null });
      await this.#acquire(proof, scopes);
      return;
    }
  }

  /** Returns whether it was granted; the only refusal there is to expect is that of a deadlock. */
  async #acquire(proof: Proof, scopes: readonly ScopePath[]): Promise<boolean> {
    const wish = { ttlMs: null, wait: { kind: 'queue', forMs: null }, reason: null } as const;
    const reply = await this.#submit({ kind: 'AcquireLock', ...proof, scopes, ...wish });
    if (!reply.ok && reply.rejection.code === 'WOULD_DEADLOCK') return false;
    const result = resultOf(reply);
    const locks = result.kind === 'queued' ? await this.#wait(proof, result.ticket) : grantedIn(result);
    this.#counts.grants += locks.length;
    return true;
  }

  async #wait(
    { agent }: Proof,
    ticket: Extract<Result, { kind: 'queued' }>['ticket'],
  ): Promise<readonly Grant[]> {
    this.#counts.waits += 1;
    this.#queued += 1;
    this.#counts.longestQueue = Math.max(this.#counts.longestQueue, this.#queued);
    const left = await this.#idly(this.#service.awaitTicket({ agent, ticket }));
    this.#queued -= 1;
    if (left.kind === 'granted') return left.locks;
    throw new Error(`${agent} lost its ticket: ${left.cause}`);
  }

  async #idly<T>(wait: Promise<T>): Promise<T> {
    this.#busy -= 1;
    const value = await wait;
    this.#busy += 1;
    return value;
  }

  #submit(command: CallerCommand): Promise<Reply> {
    this.#requests += 1;
    return this.#service.submit({ requestId: `request-${this.#requests}`, command });
  }

  async #accepted(command: CallerCommand): Promise<Result> {
    return resultOf(await this.#submit(command));
  }
}

function resultOf(reply: Reply): Result {
  if (reply.ok) return reply.result;
  throw new Error(`${reply.rejection.code}: ${reply.rejection.message}`);
}

function grantedIn(result: Result): readonly Grant[] {
  if (result.kind === 'granted') return result.locks;
  throw new Error(`an acquire was answered ${result.kind}`);
}
