import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { End } from '../cast.ts';
import { cliMain } from '../owner.ts';
import type { Stage } from '../stage.ts';
import type { CodingClient } from './coding-clients.ts';

/** The end of what a client has printed that is kept, in characters. */
const complaintLengthMax = 2_000;

/** A coding agent under way, in a home of its own beside the repository. */
export class ClientProcess {
  readonly title: string;
  readonly ended: Promise<End>;
  readonly #child: ChildProcess;
  #said = '';

  constructor(client: CodingClient, program: string, modelUrl: string, stage: Stage) {
    const home = mkdtempSync(join(dirname(stage.worktree), `${client.name}-`));
    const serverConfig = printedConfig(client, stage);
    const { args, env } = client.prepare({ home, modelUrl, serverConfig });
    this.title = client.title;
    this.#child = spawn(program, [...args], {
      cwd: stage.worktree,
      // Nothing else is passed on: neither the user's keys nor what other agents left in the environment.
      env: { HOME: home, PATH: process.env['PATH'] ?? '', ...env },
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

/** What a user would copy: the program's own word is tried here, not a second version of it. */
function printedConfig({ name }: CodingClient, { worktree }: Stage): string {
  const args = [cliMain, '-C', worktree, 'mcp', '--client-config', name];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
