import type { Recorded } from '../../linearizability/index.ts';
import { AgentProcess } from './agent-process.ts';
import type { Sandbox } from './sandbox.ts';
import { until } from './until.ts';

interface Said {
  readonly phase: 'waiting' | 'holding' | 'parked' | 'free';
  readonly scopes?: readonly string[];
  readonly turns?: number;
}

export interface SurvivorWork {
  readonly scopes: readonly string[];
  /** Lease of each lock, in milliseconds: how long a killed holder blocks its scope. */
  readonly ttlMs: number;
  /** Longest time to work with a lock, and without, in milliseconds. */
  readonly workMs: number;
  /** Of its choices. */
  readonly seed: number;
}

/** An agent process that works until it is killed or told to finish, as the test sees it. */
export class Survivor {
  readonly #process: AgentProcess;
  #said: Said = { phase: 'free' };
  #turns = 0;
  #complaint: string | null = null;

  /** `onSaid` is called whenever it goes from one phase to another. */
  constructor(sandbox: Sandbox, name: string, work: SurvivorWork, onSaid: () => void) {
    this.#process = new AgentProcess(sandbox, 'survivor.mjs', { name, ...work }, (message) => {
      this.#said = message as Said;
      this.#turns = this.#said.turns ?? this.#turns;
      onSaid();
    });
    void this.#process.ended.then((complaint) => (this.#complaint = complaint));
  }

  get name(): string {
    return this.#process.name;
  }

  /** Times that it has given its locks back. */
  get turns(): number {
    return this.#turns;
  }

  get wasKilled(): boolean {
    return this.#process.wasKilled;
  }

  history(): readonly Recorded[] {
    return this.#process.history();
  }

  /** Waits until it has completed a turn that it has not begun yet. Throws when it dies instead. */
  async goesOn(): Promise<void> {
    const goal = this.#turns + 2;
    await this.#until('goes on', () => this.#turns >= goal);
  }

  /** Lets it take the first scope and keep it. */
  async park(): Promise<void> {
    this.#process.tell({ order: 'park' });
    await this.#until('holds on', () => this.#said.phase === 'parked');
  }

  unpark(): void {
    this.#process.tell({ order: 'work' });
  }

  /** Waits until it is in the queue. */
  async waits(): Promise<void> {
    await this.#until('waits', () => this.#said.phase === 'waiting');
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Lets it come to an end, and throws if that is not a good one. */
  async finish(): Promise<void> {
    this.#process.tell({ order: 'finish' });
    const complaint = await this.#process.ended;
    if (complaint !== null) throw new Error(complaint);
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    await until(`${this.name} ${what}`, () => {
      if (this.#complaint !== null) throw new Error(this.#complaint);
      return isSo();
    });
  }
}
