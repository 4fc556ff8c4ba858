import { targetOf, type FencingToken } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Timers } from '../../time/index.ts';
import type { AgentCommand } from '../agent-commands.ts';
import { giveBack, type Returned } from '../giving-back.ts';
import type { Held, Holdings } from '../holdings.ts';

export interface GivingBackPorts {
  readonly submit: (command: AgentCommand) => Promise<Reply>;
  readonly schedule: Timers['schedule'];
  /** Whether the agent takes part no more: then nothing is asked further. */
  readonly isGone: () => boolean;
  /** Whether the agent is kept no more: then nothing is begun. */
  readonly isStopped: () => boolean;
  readonly done: (given: GivenBack) => void;
  readonly failed: (error: unknown) => void;
}

export interface GivenBack extends Returned {
  readonly locks: readonly Held[];
  readonly token: FencingToken;
  /** Whether the grant was never told, and its time was over. */
  readonly isLate: boolean;
}

/** Pause before what failed is tried again. */
const againMs = 1_000;

/** Gives back what an agent holds and nobody works under, one after the other, until it is done. */
export class GivingBack {
  readonly #ports: GivingBackPorts;
  #last: Promise<void> = Promise.resolve();

  constructor(ports: GivingBackPorts) {
    this.#ports = ports;
  }

  /** Resolves when all that is just being given back has been. */
  settled(): Promise<void> {
    return this.#last;
  }

  begin(holdings: Holdings, token: FencingToken, isLate: boolean): void {
    this.#last = this.#last.then(() => this.#try(holdings, token, isLate));
  }

  /** Tries until it is done, or the lock is asked for again: as long as the session is renewed, so is what it holds. */
  async #try(holdings: Holdings, token: FencingToken, isLate: boolean): Promise<void> {
    const { isStopped, isGone, schedule, submit, done, failed } = this.#ports;
    const locks = isStopped() ? [] : holdings.leave(token, isLate);
    const [first, ...more] = locks;
    if (first === undefined) return;
    const targets = locks.map(targetOf);
    try {
      done({ locks, token, isLate, ...(await giveBack(submit, [first, ...more], isGone)) });
    } catch (error) {
      holdings.stay(targets);
      failed(error);
      schedule(againMs, () => this.begin(holdings, token, isLate));
    }
  }
}
