import type { FencingToken, Revision, ScopePath } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Timers } from '../../time/index.ts';
import type { AgentCommand } from '../agent-commands.ts';
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

export interface GivenBack {
  readonly scopes: readonly ScopePath[];
  readonly token: FencingToken;
  /** Whether the grant was never told, and its time was over. */
  readonly isLate: boolean;
  /** Of the scopes those that the coordinator took back. */
  readonly released: readonly ScopePath[];
  readonly by: Revision;
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
    const { isStopped, schedule, done, failed } = this.#ports;
    const scopes = isStopped() ? [] : holdings.leave(token, isLate);
    if (scopes.length === 0) return;
    try {
      done({ scopes, token, isLate, ...(await this.#release(scopes, token)) });
    } catch (error) {
      holdings.stay(scopes);
      failed(error);
      schedule(againMs, () => this.begin(holdings, token, isLate));
    }
  }

  /** All of them at once; or, where one of them was lost meanwhile, each for itself. */
  async #release(
    scopes: readonly ScopePath[],
    token: FencingToken,
  ): Promise<Pick<GivenBack, 'released' | 'by'>> {
    const reply = await this.#ports.submit({ kind: 'ReleaseLock', scopes, token });
    if (reply.ok) return { released: scopes, by: reply.revision };
    const released: ScopePath[] = [];
    if (scopes.length > 1 && !this.#ports.isGone())
      for (const scope of scopes) released.push(...(await this.#release([scope], token)).released);
    return { released, by: reply.revision };
  }
}
