/** Ways to run the command line in a checkout: in this process, or as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { ProcessPorts } from '../../src/cli/process/ports.ts';
import { processPorts } from '../../src/cli/process/process-ports.ts';
import { runCli } from '../../src/cli/program.ts';
import { createRealWorld } from '../../src/cli/world/real-world.ts';
import type { Coordinator } from '../../src/protocol/index.ts';
import { connectTo } from './client-face.ts';
import { stageVersion, type Stage } from './stage.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Ends it without a word, as a crash does. */
  kill(): void;
}

export interface Shell {
  run(args: readonly string[]): Running;
  /** Nothing that was started runs on. */
  end(): Promise<void>;
}

/**
 * The command line's own entry, in a world that is real but for its clock, which stands still: nobody sends a heartbeat
 * behind the walk's back. It never starts an owner, for there is one.
 */
export class InProcessShell implements Shell {
  readonly #stage: Stage;
  readonly #coordinators: Coordinator[] = [];
  readonly #running = new Set<Promise<Ended>>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  run(args: readonly string[]): Running {
    const said = { stdout: '', stderr: '' };
    const ended = runCli(args, this.#ports(said)).then((code) => ({ code, ...said }));
    this.#running.add(ended);
    void ended.finally(() => this.#running.delete(ended));
    return { ended, kill: () => undefined };
  }

  /** Those that wait are told that their connection was closed. */
  async end(): Promise<void> {
    for (const coordinator of this.#coordinators) await coordinator.close();
    await Promise.all(this.#running);
  }

  #ports(said: { stdout: string; stderr: string }): ProcessPorts {
    return {
      ...portsIn(this.#stage, () => this.#connect()),
      stdout: { isTTY: false, write: (text) => void (said.stdout += text) },
      stderr: { isTTY: false, write: (text) => void (said.stderr += text) },
    };
  }

  async #connect(): Promise<Coordinator> {
    const coordinator = await connectTo(this.#stage);
    this.#coordinators.push(coordinator);
    return coordinator;
  }
}

/** What is around a command in the stage's checkout: real, but for the clock, which stands still, and the way to the owner. */
export function portsIn(stage: Stage, connect: () => Promise<Coordinator>): ProcessPorts {
  return {
    ...processPorts(),
    stdin: { isTTY: false },
    env: {},
    cwd: stage.checkout.worktree,
    clock: {
      wallMs: () => stage.nowMs,
      monotonicMs: () => 0,
      schedule: () => () => undefined,
      soon: setImmediate,
    },
    signals: { on: () => () => undefined, endBy: () => undefined },
    world: { ...createRealWorld(() => stageVersion), connect },
    version: () => stageVersion,
  };
}

/** The built program, a process for each command, real but for its wall clock. */
export class ProcessShell implements Shell {
  readonly #entry: readonly string[];
  readonly #cwd: string;
  readonly #children = new Map<ChildProcess, Promise<Ended>>();

  /** `main`: the built entry, of the same version as the stage's owner. */
  constructor(stage: Stage, main: string) {
    this.#entry = ['--import', wallClockIn(stage.clockFile), main];
    this.#cwd = stage.checkout.worktree;
  }

  run(args: readonly string[]): Running {
    const child = spawn(process.execPath, [...this.#entry, ...args], {
      cwd: this.#cwd,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...said }));
    });
    this.#children.set(child, ended);
    void ended.finally(() => this.#children.delete(child));
    return { ended, kill: () => void child.kill('SIGKILL') };
  }

  async end(): Promise<void> {
    for (const child of this.#children.keys()) child.kill('SIGKILL');
    await Promise.all(this.#children.values());
  }
}

/** To be imported before a program: its wall clock is the one of the stage, and stands still as that does. */
function wallClockIn(file: string): string {
  const script = `import { readFileSync } from 'node:fs';
Date.now = () => Number(readFileSync(${JSON.stringify(file)}, 'utf8'));`;
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

/** Of the caller's environment only what does not belong to a repository or to an agent. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(GIT|RHEMA|VITEST)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}
