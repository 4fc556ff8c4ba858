import { spawn, type ChildProcess } from 'node:child_process';
import type { OwnerCommand } from '../client/index.ts';
import type { Log } from '../observe/index.ts';

/** The process that syncs what is due, as an agent of its own: what it does is bounded by what any agent may do. */
export class SyncWorker {
  readonly #command: (() => OwnerCommand) | null;
  readonly #log: Log;
  #child: ChildProcess | null = null;

  constructor(command: (() => OwnerCommand) | null, log: Log) {
    this.#command = command;
    this.#log = log;
  }

  /** Resolves when it has ended; fails where it cannot be started. */
  async run(): Promise<void> {
    if (this.#command === null) return;
    const { file, args } = this.#command();
    const child = spawn(file, [...args], { cwd: '/', stdio: 'ignore', detached: true });
    this.#child = child;
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', resolve);
      });
      this.#log.note('sync.worked', { code });
    } finally {
      this.#child = null;
    }
  }

  /** It ends its commands, gives up its runs and leaves. */
  interrupt(): void {
    this.#child?.kill('SIGTERM');
  }

  /** The owner leaves: the worker would only call the next one. What it ran is ended by the tether that each command has. */
  stop(): void {
    this.#child?.kill('SIGKILL');
  }
}
