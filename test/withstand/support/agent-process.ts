import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHistory, type Recorded } from '../../linearizability/index.ts';
import { dist, script, version } from './paths.ts';
import type { Sandbox } from './sandbox.ts';

/** What an agent process is told beside where it is. */
export interface Briefing {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** One agent, as a process of its own that records its history. */
export class AgentProcess {
  readonly name: string;
  /** Resolves with null when it ended well, else with what it complained of. */
  readonly ended: Promise<string | null>;
  readonly #child: ChildProcess;
  readonly #historyFile: string;
  #wasKilled = false;

  constructor(
    sandbox: Sandbox,
    scriptName: string,
    briefing: Briefing,
    onMessage: (message: unknown) => void = () => {},
  ) {
    this.name = briefing.name;
    this.#historyFile = join(sandbox.folder, `${briefing.name}.history`);
    const whole = { ...briefing, ...whereabouts(sandbox), historyFile: this.#historyFile };
    this.#child = spawn(process.execPath, [script(scriptName), JSON.stringify(whole)], {
      cwd: sandbox.worktree,
      env: sandbox.env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.on('message', onMessage);
    this.ended = this.#untilEnded();
  }

  get wasKilled(): boolean {
    return this.#wasKilled;
  }

  tell(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Ends it at once, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#wasKilled = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** What it has recorded so far. */
  history(): Recorded[] {
    return existsSync(this.#historyFile) ? readHistory(readFileSync(this.#historyFile, 'utf8')) : [];
  }

  #untilEnded(): Promise<string | null> {
    let complaint = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        const isWell = code === 0 || this.#wasKilled;
        resolve(isWell ? null : `${this.name} ended with ${code ?? signal}: ${complaint}`);
      });
    });
  }
}

function whereabouts({ worktree, commonDir, ownerCommand }: Sandbox): object {
  return { dist, version, worktree, commonDir, ownerCommand };
}
