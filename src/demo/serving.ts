import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { cliMain, type Served } from './owner.ts';

/** `rhema serve` in front of the stage; where it is killed, it is started again at the same port. */
export class DemoServer {
  readonly served: Served;
  readonly #worktree: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logFile: string;
  #child: ChildProcess | null = null;
  #isOver = false;

  private constructor(worktree: string, folder: string) {
    this.#worktree = worktree;
    this.#logFile = join(folder, 'log');
    this.#env = { ...process.env, XDG_STATE_HOME: folder };
    const created = this.#cli('token', 'create', 'demo', '--role', 'operator');
    const options = { env: this.#env, encoding: 'utf8' } as const;
    const { token } = JSON.parse(execFileSync(process.execPath, created, options)) as { token: string };
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    this.served = { url: '', token, tokenFile };
  }

  /** `folder`: where its tokens and its log lie, which nobody else uses. */
  static async start(worktree: string, folder: string): Promise<DemoServer> {
    mkdirSync(folder);
    const server = new DemoServer(worktree, folder);
    const url = await server.#serve('0');
    return Object.assign(server, { served: { ...server.served, url } });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  /** Answers its address once it listens. */
  #serve(port: string): Promise<string> {
    const log = openSync(this.#logFile, 'a', 0o600);
    const child = spawn(process.execPath, this.#cli('serve', '--port', port), {
      env: this.#env,
      stdio: ['ignore', 'pipe', log],
    });
    closeSync(log);
    this.#child = child;
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout as Readable }).once('line', (line) => {
        const { url } = JSON.parse(line) as { readonly url: string };
        resolve(url);
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`rhema serve has ended (${code ?? 'killed'})`));
        if (!this.#isOver && this.served.url !== '') void this.#serve(new URL(this.served.url).port);
      });
    });
  }

  #cli(...words: readonly string[]): string[] {
    return [cliMain, '-C', this.#worktree, ...words, '--json'];
  }
}
