/**
 * Kills processes with SIGKILL at random points, round after round, and looks after each whether anything was lost.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '../../src/core/index.ts';
import { logPositionFaults, type Recorded } from '../linearizability/index.ts';
import { LogAudit } from './support/log-audit.ts';
import { kill, ownersOf } from './support/processes.ts';
import { Random } from './support/random.ts';
import { Sandbox } from './support/sandbox.ts';
import { Survivor, type SurvivorWork } from './support/survivor.ts';
import { until } from './support/until.ts';

export const victims = ['owner', 'startingOwner', 'holder', 'waiter', 'anyone', 'ownerAndAnyone'] as const;
export type Victim = (typeof victims)[number];

export interface KillReport {
  readonly seed: number;
  /** How often each kind of victim was killed. */
  readonly killed: Readonly<Record<Victim, number>>;
  /** Commands in the log. */
  readonly committed: number;
  /** The log itself. */
  readonly entries: readonly Entry[];
  /** Answers that agents have recorded. */
  readonly acknowledged: number;
  /** What was lost or done twice; empty when all is well. */
  readonly faults: readonly string[];
}

const agents = 4;
const work: Omit<SurvivorWork, 'seed'> = { scopes: ['api', 'store', 'web'], ttlMs: 600, workMs: 12 };
/** A victim is killed after at most this many further steps of the agents. */
const stepsMax = 40;
/** An owner that is starting is killed within this time of its being seen: loading, opening the log, listening. */
const startingMaxMs = 300;

/** Runs some rounds on a repository of their own. What is killed, and when, comes from the seed. */
export async function killRounds(rounds: number, seed: number): Promise<KillReport> {
  const run = new KillRun(seed);
  try {
    await run.begin();
    for (let round = 0; round < rounds && run.isWell; round += 1) await run.round();
    return await run.end();
  } finally {
    await run.clear();
  }
}

class KillRun {
  readonly #seed: number;
  readonly #random: Random;
  readonly #sandbox: Sandbox;
  readonly #audit = new LogAudit();
  readonly #everybody: Survivor[] = [];
  readonly #faults: string[] = [];
  readonly #killed: Record<Victim, number> = {
    owner: 0,
    startingOwner: 0,
    holder: 0,
    waiter: 0,
    anyone: 0,
    ownerAndAnyone: 0,
  };
  #steps = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
    const patient = {
      max_concurrent_agents: 100,
      max_locks_per_agent: 2,
      session_timeout: '1h',
      max_block_time: '1h',
    };
    this.#sandbox = new Sandbox({ api: [], store: [], web: [] }, patient);
  }

  get isWell(): boolean {
    return this.#faults.length === 0;
  }

  async begin(): Promise<void> {
    for (let count = 0; count < agents; count += 1) this.#addAgent();
    await this.#allGoOn();
  }

  async round(): Promise<void> {
    const victim = this.#random.pick(victims);
    await this.#kill(victim);
    this.#killed[victim] += 1;
    while (this.#alive().length < agents) this.#addAgent();
    await this.#allGoOn();
    await this.#judge();
  }

  async end(): Promise<KillReport> {
    if (this.isWell) await Promise.all(this.#alive().map((agent) => agent.finish()));
    await this.#judge();
    const history = this.#everybody.flatMap((agent) => agent.history());
    this.#faults.push(...logPositionFaults(this.#audit.entries, history), ...this.#lostTickets());
    return {
      seed: this.#seed,
      killed: this.#killed,
      committed: this.#audit.entries.length,
      entries: this.#audit.entries,
      acknowledged: history.filter(({ answer }) => answer !== null).length,
      faults: this.#faults,
    };
  }

  clear(): Promise<void> {
    return this.#sandbox.clear();
  }

  #addAgent(): void {
    const name = `agent-${this.#everybody.length}`;
    const seeded = { ...work, seed: this.#random.below(2 ** 32) };
    this.#everybody.push(new Survivor(this.#sandbox, name, seeded, () => (this.#steps += 1)));
  }

  #alive(): Survivor[] {
    return this.#everybody.filter((agent) => !agent.wasKilled);
  }

  async #allGoOn(): Promise<void> {
    await Promise.all(this.#alive().map((agent) => agent.goesOn()));
  }

  async #kill(victim: Victim): Promise<void> {
    await this.#someStepsLater();
    const [agent, other] = this.#twoAgents();
    switch (victim) {
      case 'owner':
        return void this.#killOwners();
      case 'startingOwner':
        return this.#killStartingOwner();
      case 'holder':
        await agent.park();
        return agent.kill();
      case 'waiter':
        return this.#killWaiter(agent, other);
      case 'anyone':
        return agent.kill();
      case 'ownerAndAnyone':
        this.#killOwners();
        return agent.kill();
    }
  }

  async #someStepsLater(): Promise<void> {
    const goal = this.#steps + this.#random.below(stepsMax);
    await until('the agents work', () => this.#steps >= goal);
  }

  #twoAgents(): [Survivor, Survivor] {
    const alive = this.#alive();
    const first = this.#random.pick(alive);
    return [first, this.#random.pick(alive.filter((agent) => agent !== first))];
  }

  #killOwners(): number[] {
    const owners = ownersOf(this.#sandbox.folder).map(({ pid }) => pid);
    kill(owners);
    return owners;
  }

  async #killStartingOwner(): Promise<void> {
    const gone = this.#killOwners();
    const isNew = (): boolean => ownersOf(this.#sandbox.folder).some(({ pid }) => !gone.includes(pid));
    await until('a new owner starts', isNew);
    await pause(this.#random.below(startingMaxMs));
    this.#killOwners();
  }

  /** While another holds on to a scope the victim sooner or later waits, for that scope or behind who waits for it. */
  async #killWaiter(victim: Survivor, holder: Survivor): Promise<void> {
    await holder.park();
    await victim.waits();
    await victim.kill();
    holder.unpark();
  }

  /** The histories are read first: what they say was acknowledged must then be in the log. */
  async #judge(): Promise<void> {
    const histories = this.#everybody.map((agent) => agent.history());
    await this.#audit.readFrom(this.#sandbox.paths.database);
    this.#faults.push(...this.#audit.faults.splice(0));
    for (const recorded of histories.flat())
      if (this.#isMissing(recorded)) this.#faults.push(missing(recorded));
  }

  #isMissing({ kind, call, answer }: Recorded): boolean {
    if (answer === null) return false;
    const entry = this.#audit.entries[answer.revision - 1];
    if (kind !== 'submit' || !answer.ok || isNoChange(answer.result)) return entry === undefined;
    return entry?.requestId !== call.requestId;
  }

  /** Tickets of agents that live which ended otherwise than by being served. */
  #lostTickets(): string[] {
    const dead = new Set(this.#everybody.filter((agent) => agent.wasKilled).map((agent) => agent.name));
    return this.#audit.entries.flatMap(({ events, revision }) =>
      events.flatMap((event) =>
        event.kind === 'ticket.ended' && event.cause !== 'granted' && !dead.has(event.agent)
          ? [`revision ${revision}: ${event.agent} lost its ticket (${event.cause})`]
          : [],
      ),
    );
  }
}

function isNoChange(result: { readonly kind: string; readonly scopes?: readonly unknown[] }): boolean {
  return result.kind === 'released' && result.scopes?.length === 0;
}

function missing(recorded: Recorded): string {
  return `acknowledged, but not in the log: ${JSON.stringify(recorded)}`;
}
