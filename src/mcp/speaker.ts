import { loadRequestParsers, CoordinatorError } from '../protocol/index.ts';
import type { CallerCommand, Coordinator, Reply } from '../protocol/index.ts';
import type { McpPorts } from './ports.ts';

/** How long one command is tried; a client waits about a minute for a tool. */
const patienceMs = 10_000;
const pauseMs = 250;

/**
 * Sends commands. One whose answer was lost is sent again under the same request id, so that it takes effect once, and
 * the coordinator answers what it answered then.
 */
export class Speaker {
  readonly #coordinator: Coordinator;
  readonly #ports: Pick<McpPorts, 'clock' | 'newRequestId'>;

  constructor(coordinator: Coordinator, ports: Pick<McpPorts, 'clock' | 'newRequestId'>) {
    this.#coordinator = coordinator;
    this.#ports = ports;
  }

  /** Throws `INVALID_INPUT` when a field is malformed, and the port's failures. */
  async submit(command: CallerCommand): Promise<Reply> {
    const parsers = await loadRequestParsers();
    const request = parsers.parseCommandRequest({ requestId: this.#ports.newRequestId(), command });
    const giveUpAtMs = this.#ports.clock.nowMs() + patienceMs;
    for (;;) {
      try {
        return await this.#coordinator.submit(request);
      } catch (error) {
        if (!isPassing(error) || this.#ports.clock.nowMs() >= giveUpAtMs) throw error;
        await new Promise<void>((resolve) => void this.#ports.clock.after(pauseMs, resolve));
      }
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof CoordinatorError && error.retryable;
}
