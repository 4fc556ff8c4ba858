import { isSilence, loadRequestParsers, CoordinatorError } from '../protocol/index.ts';
import type { CallerCommand, Coordinator, Reply } from '../protocol/index.ts';
import { LogClock } from './log-clock.ts';
import type { McpPorts } from './ports.ts';

/** How long one command is tried: less than a call may take, so that what failed is told. */
const patienceMs = 7_000;
const pauseMs = 250;

/**
 * Sends commands. One whose answer was lost is sent again under the same request id, so that it takes effect once, and
 * the coordinator answers what it answered then.
 */
export class Speaker {
  readonly logClock: LogClock;
  readonly #coordinator: Coordinator;
  readonly #ports: Pick<McpPorts, 'clock' | 'newRequestId'>;

  constructor(coordinator: Coordinator, ports: Pick<McpPorts, 'clock' | 'newRequestId'>) {
    this.logClock = new LogClock(ports.clock);
    this.#coordinator = coordinator;
    this.#ports = ports;
  }

  /**
   * `requestId`: that of an earlier try whose answer never came, else a new one. Throws `INVALID_INPUT` when a field is
   * malformed, and the port's failures.
   */
  async submit(command: CallerCommand, requestId = this.#ports.newRequestId()): Promise<Reply> {
    const parsers = await loadRequestParsers();
    const request = parsers.parseCommandRequest({ requestId, command });
    const { clock } = this.#ports;
    const giveUpAtMs = clock.monotonicMs() + patienceMs;
    for (;;) {
      const sentAtMs = clock.monotonicMs();
      try {
        const reply = await this.#coordinator.submit(request);
        this.logClock.heard(reply, sentAtMs);
        return reply;
      } catch (error) {
        if (!isPassing(error) || clock.monotonicMs() >= giveUpAtMs) throw error;
        await new Promise<void>((resolve) => void clock.schedule(pauseMs, resolve));
      }
    }
  }
}

/** Who says nothing has been waited for already. */
function isPassing(error: unknown): boolean {
  return error instanceof CoordinatorError && error.retryable && !isSilence(error);
}
