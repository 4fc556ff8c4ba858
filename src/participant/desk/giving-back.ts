import type { FencingToken, ScopePath } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Timers } from '../../time/index.ts';
import type { AgentCommand } from '../agent-commands.ts';
import { giveBack, type Returned } from '../giving-back.ts';
import type { Holdings } from '../holdings.ts';

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
  readonly scopes: readonly ScopePath[];
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
    const scopes = isStopped() ? [] : holdings.leave(token, isLate);
    const [first, ...more] = scopes.map((scope) => ({ scope, token }));
    if (first === undefined) return;
    try {
      done({ scopes, token, isLate, ...(await giveBack(submit, [first, ...more], isGone)) });
    } catch (error) {
      holdings.stay(scopes);
      failed(error);
      schedule(againMs, () => this.begin(holdings, token, isLate));
    }
  }
}
