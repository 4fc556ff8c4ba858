import type { Config } from '../config/index.ts';
import type { StatusAnswer } from '../protocol/index.ts';
import { dueScopes, type AbortedRuns } from '../sync/index.ts';

export interface AutoSyncPorts {
  config(): Config | null;
  status(): Promise<Pick<StatusAnswer, 'syncs' | 'timeMs' | 'nowMs'>>;
  /** Runs that somebody has ended on purpose. */
  aborted(): Promise<AbortedRuns>;
  /** Tells a process that works to end. */
  stop(): void;
  /** Starts a process that syncs what is due, and ends when it is done; resolves when it has ended. */
  work(): Promise<void>;
}

/**
 * Syncs by itself what was synced once and is to be synced again, where `auto_sync` says so: by a process of its own, which is an
 * agent like any other. One at a time; and what is left by one, since it cannot be synced as it is, is not tried again until something
 * else is due.
 */
export class AutoSync {
  readonly #ports: AutoSyncPorts;
  #isAtWork = false;
  #left = '';

  constructor(ports: AutoSyncPorts) {
    this.#ports = ports;
  }

  /** To be called now and then. */
  async look(): Promise<void> {
    const isOn = this.#ports.config()?.autoSync === true;
    if (this.#isAtWork && !isOn) this.#ports.stop();
    if (this.#isAtWork || !isOn) return;
    const due = await this.#due();
    if (due === '' || due === this.#left) return;
    this.#isAtWork = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    try {
      await this.#ports.work();
      this.#left = await this.#due();
    } catch {
      // Whoever takes part may not be able to just now.
    } finally {
      this.#isAtWork = false;
    }
  }

  /** Another text when something else is due, or the same once more. */
  async #due(): Promise<string> {
    const { syncs, timeMs, nowMs = timeMs } = await this.#ports.status();
    if (!syncs.some(({ status, run }) => run !== null && (status === 'idle' || status === 'failed')))
      return '';
    const due = new Set(dueScopes(syncs, nowMs, await this.#ports.aborted()));
    return syncs
      .filter(({ scope }) => due.has(scope))
      .map(({ scope, run, status }) => `${scope} ${run} ${status}`)
      .join('\n');
  }
}
