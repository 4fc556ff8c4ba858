/**
 * One simulated run: several agents, an operator and watchers on one or two owners of one log, over a store, a network
 * and clocks that fail. The agents want scopes, files of them and resources, and talk; then the faults stop, and everybody must get on. A run is a function of its seed.
 */
import { deepStrictEqual } from 'node:assert';
import { asRevision, type AgentId, type Entry } from '../src/core/index.ts';
import { MemoryLog } from '../src/store/memory/index.ts';
import { Agent } from './agent.ts';
import { Archive } from './archive.ts';
import { Chaos } from './chaos.ts';
import { Client } from './client.ts';
import { Disk } from './disk.ts';
import { judge, type Verdict } from './oracle.ts';
import { Operator } from './operator.ts';
import { Machine, Owner } from './owner.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { OracleError } from './verdict.ts';
import { agentAt, agentNamed } from './talk.ts';
import { Watcher } from './watcher.ts';
import { Wishes } from './wishes.ts';
import { Witness } from './witness.ts';

export interface RunReport extends Verdict {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly profile: Profile;
  readonly rejections: ReadonlyMap<string, number>;
}

/** Steps that the agents of a run take together. */
export const defaultSteps = 150;

/** Simulated time after which a run of so many steps that has not ended is stuck, in milliseconds. */
const withinMs = (steps: number): number => 900_000 * Math.max(1, steps / defaultSteps);
/** Simulated time in which all that nobody renews must have ended: longer than any lease, session and block. */
const longestLeaseMs = 120_000;

/** Runs a seed for a number of agents' steps, with part of its profile given. Throws when anything is not as it must be. */
export async function simulate(seed: number, steps: number, part: Partial<Profile> = {}): Promise<RunReport> {
  const world = await run(seed, steps, part);
  const verdict = judge(world.archive, world.witness);
  const { profile, scheduler, witness } = world;
  return { seed, ...verdict, simulatedMs: scheduler.nowMs(), profile, rejections: witness.rejections };
}

/** The log of such a run, whole. */
export async function simulatedLog(seed: number, steps: number): Promise<readonly Entry[]> {
  return (await run(seed, steps, {})).archive.entries;
}

async function run(seed: number, steps: number, part: Partial<Profile>): Promise<World> {
  const world = new World(seed, steps, part);
  await world.scheduler.runUntilDone(world.run(), withinMs(steps));
  return world;
}

class World {
  readonly scheduler: Scheduler;
  readonly archive: Archive;
  readonly witness = new Witness();
  readonly #disk = new Disk();
  readonly profile: Profile;
  readonly #random: Random;
  readonly #owners: readonly Owner[];
  readonly #client: Client;
  readonly #operator: Operator;
  readonly #agents: readonly Agent[];
  readonly #watchers: readonly Watcher[];
  #stepsLeft: number;
  #over = false;

  constructor(seed: number, steps: number, part: Partial<Profile>) {
    this.#random = new Random(seed);
    this.scheduler = new Scheduler(this.#random);
    this.archive = new Archive(() => this.scheduler.nowMs());
    this.profile = { ...drawProfile(this.#random), ...part };
    this.#stepsLeft = steps;
    this.#owners = this.#makeOwners();
    const { network } = this.profile;
    this.#client = new Client(this.scheduler, this.#random, this.#owners, this.witness, network);
    this.#operator = new Operator(this.#client, this.#random, this.scheduler, this.profile);
    this.#agents = Array.from({ length: this.profile.agents }, (_, index) => this.#makeAgent(agentAt(index)));
    this.#watchers = this.#owners.map(() => new Watcher(this.scheduler, this.#random, this.#owners));
    this.witness.watched.push(...this.#watchers.map((watcher) => watcher.watched));
  }

  async run(): Promise<void> {
    await Promise.all(this.#owners.map((owner) => owner.start()));
    await this.#client.configure(this.profile.settings);
    await this.#operator.defineAll();
    const watching = this.#watchers.map((watcher) => watcher.follow(() => !this.#over));
    await this.#misbehave();
    await this.#heal();
    await this.#makeProgress();
    await this.#compareMoments();
    await this.#letWatchersFinish(watching);
    this.#reportProblems();
  }

  async #misbehave(): Promise<void> {
    const goesOn = (): boolean => this.#stepsLeft > 0;
    const chaos = new Chaos(this.scheduler, this.#random, this.#owners, this.#disk, this.profile);
    await Promise.all([
      ...this.#agents.map((agent) => agent.live()),
      this.#operator.meddle(goesOn),
      chaos.killOwners(goesOn),
      chaos.freezeOwners(goesOn),
      chaos.jumpClocks(goesOn),
      chaos.troubleDisk(goesOn),
    ]);
  }

  /** Faults stop. Two owners may go on side by side, also with a clock each. */
  async #heal(): Promise<void> {
    this.#client.heal();
    for (const owner of this.#owners) owner.heal();
    await this.#operator.tuneBack();
    await this.#operator.defineAll();
    await this.scheduler.sleep(1_000);
  }

  async #makeProgress(): Promise<void> {
    const { scopes, resources } = this.profile;
    const wishes = new Wishes(this.#random, this.profile);
    await Promise.all(this.#agents.map((agent) => agent.makeProgress(wishes.drawSure())));
    await Promise.all(this.#agents.map((agent) => agent.catchUp()));
    await this.scheduler.sleep(longestLeaseMs);
    const latecomer = this.#makeAgent(agentNamed('latecomer'));
    for (const scope of scopes) await latecomer.makeProgress({ scopes: [scope] });
    for (const resource of resources) await latecomer.makeProgress({ scopes: [], resources: [resource] });
    const { locks, waiters } = await this.#client.query({ kind: 'status', at: null });
    if (locks.length + waiters.length > 0)
      throw new OracleError('something is still held or waited for at the end');
  }

  /** The state served now is the state that time travel finds at the same revision. */
  async #compareMoments(): Promise<void> {
    const { nowMs: _, ...now } = await this.#client.query({ kind: 'status', at: null });
    const then = await this.#client.query({
      kind: 'status',
      at: { kind: 'revision', revision: now.revision },
    });
    deepStrictEqual(then, now, 'the state served is not the one that the log leads to');
  }

  async #letWatchersFinish(watching: readonly Promise<void>[]): Promise<void> {
    const behind = (watcher: Watcher): boolean => watcher.next <= this.archive.entries.length;
    for (let tries = 0; tries < 100 && this.#watchers.some(behind); tries += 1)
      await this.scheduler.sleep(100);
    this.witness.lastToSee = asRevision(this.archive.entries.length);
    this.#over = true;
    for (const owner of this.#owners) await owner.service?.stop();
    await Promise.all(watching);
  }

  #reportProblems(): void {
    for (const { kind, message } of this.#owners.flatMap((owner) => owner.problems))
      if (kind === 'violation' || kind === 'bug' || kind === 'corruptSnapshot')
        throw new OracleError(message);
  }

  #makeOwners(): Owner[] {
    const { scheduler, archive, profile } = this;
    const disk = this.#disk;
    const random = this.#random;
    const log = new MemoryLog();
    const own = (machine: Machine, hostName: string): Owner =>
      new Owner({ log, archive, disk, scheduler, random, profile, machine, hostName, readCostMs: 0 });
    const machine = new Machine('host-1', scheduler, random);
    const first = own(machine, 'host-1');
    switch (profile.second) {
      case 'none':
        return [first];
      case 'sameHost':
        return [first, own(machine, 'host-1')];
      case 'sameClock':
        return [first, own(machine, 'container')];
      case 'otherHost':
        return [first, own(new Machine('host-2', scheduler, random), 'host-2')];
    }
  }

  #makeAgent(name: AgentId): Agent {
    const { scheduler, witness, profile } = this;
    const takeStep = (): boolean => (this.#stepsLeft -= 1) >= 0;
    return new Agent({
      name,
      scheduler,
      random: this.#random,
      client: this.#client,
      witness,
      profile,
      takeStep,
    });
  }
}
