import { setMaxListeners } from 'node:events';
import type { Problem } from '../src/observe/index.ts';
import type { HostIdentity, Service, Witness } from '../src/service/index.ts';
import type { Clock } from '../src/time/index.ts';
import { openService, unobserved } from '../src/service/index.ts';
import { FaultyLogStore, noFaults, randomFaults, type FaultPlan } from '../src/store/faulty/index.ts';
import { MemoryLogStore, type MemoryLog } from '../src/store/memory/index.ts';
import { ArchivingStore, type Archive } from './archive.ts';
import { isForWantOfRoom, type Disk } from './disk.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { ProcessTimers, type Scheduler } from './scheduler.ts';

/** A machine: its clocks, and which boot it is in. */
export class Machine implements Clock {
  readonly #scheduler: Scheduler;
  readonly #name: string;
  #bootedAtMs: number;
  #wallAheadMs: number;
  #boots = 0;

  constructor(name: string, scheduler: Scheduler, random: Random) {
    this.#name = name;
    this.#scheduler = scheduler;
    this.#bootedAtMs = -random.between(0, 1_000_000);
    this.#wallAheadMs = 1_700_000_000_000 + random.between(-100_000, 100_000);
  }

  /** What a process on it is told of where it runs. */
  hostNamed(hostId: string): HostIdentity {
    return { hostId, bootId: `${this.#name}/boot-${this.#boots}` };
  }

  monotonicMs(): number {
    return Math.floor(this.#scheduler.nowMs() - this.#bootedAtMs);
  }

  wallMs(): number {
    return Math.floor(this.#scheduler.nowMs() + this.#wallAheadMs);
  }

  /** Somebody sets the clock on the wall. */
  jump(byMs: number): void {
    this.#wallAheadMs += byMs;
  }

  /** Its processes must have been killed. */
  reboot(): void {
    this.#boots += 1;
    this.#bootedAtMs = this.#scheduler.nowMs();
  }
}

export interface OwnerPorts {
  readonly log: MemoryLog;
  readonly archive: Archive;
  readonly disk: Disk;
  /** None where the log cannot be lost. */
  readonly witness?: Witness;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly profile: Profile;
  readonly machine: Machine;
  /** As the process sees it: a container has a name of its own. */
  readonly hostName: string;
  /** For how long the process does nothing else when it reads an entry of the log, in milliseconds. */
  readonly readCostMs: number;
}

/** A process that owns the log for a while, dies and comes back. */
export class Owner {
  readonly #ports: OwnerPorts;
  readonly problems: Problem[] = [];
  #service: Service | null = null;
  #timers: ProcessTimers;
  #faults: FaultPlan;
  #life = newLife();

  constructor(ports: OwnerPorts) {
    this.#ports = ports;
    this.#timers = new ProcessTimers(ports.scheduler);
    this.#faults = randomFaults(ports.random.next, ports.profile.storeFaults);
  }

  /** Null while it is dead or not open yet. */
  get service(): Service | null {
    return this.#service;
  }

  get machine(): Machine {
    return this.#ports.machine;
  }

  /** Aborts when the present life ends: what it was asked is never answered. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  /** Opens the log; tries again while the store fails or has no room. */
  async start(): Promise<void> {
    const { life } = this;
    while (this.#service === null && !life.aborted) {
      try {
        const service = await this.#open();
        if (!life.aborted) this.#service = service;
      } catch (error) {
        if (!isPassing(error)) throw error;
        await this.#ports.scheduler.sleep(50);
      }
    }
  }

  /** Dies without a word. What it sent to the store may still take effect. */
  kill(): void {
    this.#service = null;
    this.#timers.kill();
    this.#timers = new ProcessTimers(this.#ports.scheduler);
    this.#life.abort();
    this.#life = newLife();
  }

  /** Leaves when told to, as `daemon stop` asks. */
  async leave(): Promise<void> {
    await this.#service?.stop();
    this.kill();
  }

  /** Stands still for a while, as a process does that is stopped. Its store goes on with what it was sent. */
  freeze(forMs: number): void {
    this.#timers.freeze(forMs);
  }

  /** What comes meanwhile waits in its socket. */
  async thawed(): Promise<void> {
    while (this.#timers.frozenForMs > 0) await this.#ports.scheduler.sleep(this.#timers.frozenForMs);
  }

  /** From now on its store does what it is asked. */
  heal(): void {
    this.#faults = noFaults;
  }

  /** Reading holds the loop: what comes meanwhile, timers too, has its turn afterwards. */
  async #takeTime(timers: ProcessTimers, entries: number): Promise<void> {
    const { scheduler, readCostMs } = this.#ports;
    if (readCostMs === 0) return;
    timers.freeze(timers.frozenForMs + entries * readCostMs);
    await scheduler.sleep(timers.frozenForMs);
  }

  #open(): Promise<Service> {
    const { log, archive, disk, witness, scheduler, random, profile, machine, hostName } = this.#ports;
    const timers = this.#timers;
    const plan = disk.befalls((call) => this.#faults(call));
    const archiving = new ArchivingStore(new MemoryLogStore(log), archive, disk, (entries) =>
      this.#takeTime(timers, entries),
    );
    const store = new FaultyLogStore(archiving, plan, scheduler);
    const { snapshotEveryEntries, horizonMs, checkInvariants, commitPatienceMs } = profile;
    return openService({
      store,
      clock: machine,
      timers: this.#timers,
      host: machine.hostNamed(hostName),
      ...(witness === undefined ? {} : { witness }),
      options: {
        snapshotEveryEntries,
        horizonMs,
        checkInvariants,
        commitPatienceMs,
        follow: profile.second !== 'none',
        chance: random.next,
        observer: { ...unobserved, trouble: (problem) => this.problems.push(problem) },
      },
    });
  }
}

export function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

/** Whether the same may succeed later, by itself or once somebody has made room. */
export function isPassing(error: unknown): boolean {
  return isRetryable(error) || isForWantOfRoom(error);
}

/** Any number of callers wait for its end. */
function newLife(): AbortController {
  const life = new AbortController();
  setMaxListeners(0, life.signal);
  return life;
}
