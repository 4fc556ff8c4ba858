import { spawn, type ChildProcess } from 'node:child_process';
import type { End } from '../cast.ts';
import type { ClientRun } from './coding-clients.ts';

/** The end of what a client has printed that is kept, in characters. */
const complaintLengthMax = 2_000;

/** Where a client is run. */
export interface Surroundings {
  readonly folder: string;
  readonly home: string;
  /** Where it finds programs. */
  readonly path: string;
}

/** A coding agent under way. */
export class ClientProcess {
  readonly title: string;
  readonly ended: Promise<End>;
  readonly #child: ChildProcess;
  #said = '';

  constructor(
    title: string,
    program: string,
    { args, env }: ClientRun,
    { folder, home, path }: Surroundings,
  ) {
    this.title = title;
    this.#child = spawn(program, [...args], {
      cwd: folder,
      // Nothing else is passed on: neither the user's keys nor what other agents left in the environment.
      env: { HOME: home, PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said = `${this.#said}${chunk.toString()}`.slice(-complaintLengthMax);
      });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** The end of what it has printed. */
  get said(): string {
    return this.#said;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
