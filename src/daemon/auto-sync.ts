import type { Config } from '../config/index.ts';
import type { ScopePath } from '../core/index.ts';
import type { SyncView } from '../protocol/index.ts';
import type { SyncsNow } from '../service/index.ts';
import { dueScopes, type AbortedRuns } from '../sync/index.ts';

export interface AutoSyncPorts {
  config(): Config | null;
  /** All that were ever begun, and the log's time. */
  syncs(): Promise<SyncsNow>;
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
  /** What was due at the last look, or is left by the last process. */
  #seen = '';

  constructor(ports: AutoSyncPorts) {
    this.#ports = ports;
  }

  /** To be called now and then. */
  async look(): Promise<void> {
    const isOn = this.#ports.config()?.autoSync === true;
    if (this.#isAtWork && !isOn) this.#ports.stop();
    if (this.#isAtWork || !isOn) return;
    const { syncs, nowMs } = await this.#ports.syncs();
    const due = textOf(syncs, dueScopes(syncs, nowMs, nothing));
    if (due === this.#seen) return;
    this.#seen = due;
    // The log is asked for what was aborted only when there is something new that may be.
    if (due === '' || dueScopes(syncs, nowMs, await this.#ports.aborted()).length === 0) return;
    this.#isAtWork = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    try {
      await this.#ports.work();
      const { syncs, nowMs } = await this.#ports.syncs();
      this.#seen = textOf(syncs, dueScopes(syncs, nowMs, nothing));
    } catch {
      // Whoever takes part may not be able to just now.
      this.#seen = '';
    } finally {
      this.#isAtWork = false;
    }
  }
}

const nothing: AbortedRuns = new Map();

/** Another text when something else is due, or the same once more. */
function textOf(syncs: readonly SyncView[], scopes: readonly ScopePath[]): string {
  const due = new Set(scopes);
  return syncs
    .filter(({ scope }) => due.has(scope))
    .map(({ scope, run, status }) => `${scope} ${run} ${status}`)
    .join('\n');
}
