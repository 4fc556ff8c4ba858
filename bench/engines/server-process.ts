import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotInstalledError } from './engine.ts';

const startMaxMs = 30_000;
const lookEveryMs = 20;

/** The file of a program, in PATH or in one of the folders. Throws {@link NotInstalledError}. */
export function programFile(name: string, folders: readonly string[] = []): string {
  const paths = [...(process.env['PATH'] ?? '').split(delimiter), ...folders];
  const file = paths.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new NotInstalledError(`${name} is not installed`);
  return file;
}

export interface ServerOptions {
  /** What it says goes to a file here. */
  readonly logFile: string;
  /** Of the system's user that it runs as; this process's own unless given. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Beside the environment of this process. */
  readonly settings?: NodeJS.ProcessEnv;
}

/** A server in a process of its own, ended with everything it keeps in memory. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  #failure: Error | null = null;

  constructor(command: readonly [string, ...string[]], { logFile, user, settings = {} }: ServerOptions) {
    const [file, ...args] = command;
    const log = openSync(logFile, 'a');
    this.#child = spawn(file, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...settings },
      ...user,
    });
    closeSync(log);
    this.#logFile = logFile;
    this.#child.on('error', (error) => (this.#failure = error));
  }

  /** Tries again and again until it can be reached; ends it when it cannot. */
  async reached<T>(reach: () => Promise<T>): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
      try {
        return await reach();
      } catch (error) {
        if (this.#isGone || waitedMs >= startMaxMs) {
          await this.end();
          throw new Error(`it does not start: ${readFileSync(this.#logFile, 'utf8')}`, { cause: error });
        }
      }
      await sleep(lookEveryMs);
    }
  }

  async end(): Promise<void> {
    if (this.#isGone) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  get #isGone(): boolean {
    return this.#failure !== null || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
