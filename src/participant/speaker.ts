import { isSilence, CoordinatorError } from '../protocol/index.ts';
import type { CallerCommand, CommandRequest, Coordinator, Reply } from '../protocol/index.ts';
import { sleep, type Time } from '../time/index.ts';
import { LogClock } from './log-clock.ts';

/** Says something to a coordinator, whoever the agent. */
export interface Speaks {
  submit(command: CallerCommand): Promise<Reply>;
}

export interface SpeakerOptions {
  readonly coordinator: Pick<Coordinator, 'submit'>;
  readonly time: Pick<Time, 'wallMs' | 'monotonicMs' | 'schedule'>;
  newRequestId(): string;
  /** How long one command is tried, in milliseconds; left out: once, by a port that tries again itself. */
  readonly patienceMs?: number;
  /** Throws `INVALID_INPUT` when a field is malformed; left out where all are of our own making. */
  readonly checked?: (request: CommandRequest) => Promise<CommandRequest>;
}

const pauseMs = 250;

/**
 * Sends commands. One whose answer was lost is sent again under the same request id, so that it takes effect once, and
 * the coordinator answers what it answered then.
 */
export class Speaker implements Speaks {
  readonly logClock: LogClock;
  readonly #options: SpeakerOptions;

  constructor(options: SpeakerOptions) {
    this.logClock = new LogClock(options.time);
    this.#options = options;
  }

  /**
   * `requestId`: that of an earlier try whose answer never came, else a new one. Throws what `checked` does, and the port's
   * failures.
   */
  async submit(command: CallerCommand, requestId = this.#options.newRequestId()): Promise<Reply> {
    const { coordinator, time, patienceMs = 0, checked } = this.#options;
    const request = checked === undefined ? { requestId, command } : await checked({ requestId, command });
    const giveUpAtMs = time.monotonicMs() + patienceMs;
    for (;;) {
      const sentAtMs = time.monotonicMs();
      try {
        const reply = await coordinator.submit(request);
        this.logClock.heard(reply, sentAtMs);
        return reply;
      } catch (error) {
        if (!isPassing(error) || time.monotonicMs() >= giveUpAtMs) throw error;
        await sleep(time, pauseMs);
      }
    }
  }
}

/** Who says nothing has been waited for already. */
function isPassing(error: unknown): boolean {
  return error instanceof CoordinatorError && error.retryable && !isSilence(error);
}
