import { closeSync, writeSync } from 'node:fs';
import { readinessVariable, type Readiness } from '../client/index.ts';

/**
 * Tells whoever started this process that it can be reached, or why not, on the descriptor it left open; nothing if
 * it left none. Only the first word counts.
 */
export class ReadinessReport {
  #descriptor: number | null;

  constructor(env: NodeJS.ProcessEnv) {
    const named = env[readinessVariable];
    this.#descriptor = named === undefined ? null : Number.parseInt(named, 10);
    // Not for the processes that this one starts.
    delete env[readinessVariable];
  }

  /** Null: nobody waits to be told. */
  get descriptor(): number | null {
    return this.#descriptor;
  }

  say(readiness: Readiness): void {
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    try {
      writeSync(descriptor, `${JSON.stringify(readiness)}\n`);
      closeSync(descriptor);
    } catch {
      // Whoever started us has gone: nobody to tell.
    }
  }
}
