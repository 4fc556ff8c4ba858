import { spawn, type ChildProcess } from 'node:child_process';
import { cliMain } from './paths.ts';
import type { Sandbox } from './sandbox.ts';

/** How a program ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The one JSON line that a command with `--json` prints. */
export interface Envelope {
  readonly ok: boolean;
  readonly revision: number | null;
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A program under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  readonly said: { readonly stdout: string; readonly stderr: string };
}

/** Starts the command line in a sandbox, as a process of its own. */
export function startRhema(sandbox: Sandbox, ...args: readonly string[]): Running {
  return start(sandbox, process.execPath, [cliMain, ...args]);
}

/** Runs the command line to its end. */
export function rhema(sandbox: Sandbox, ...args: readonly string[]): Promise<Ended> {
  return startRhema(sandbox, ...args).ended;
}

/** Runs it with `--json`: how it ended, and the envelope it printed. */
export async function rhemaJson(
  sandbox: Sandbox,
  ...args: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly envelope: Envelope }> {
  const { code, stdout, stderr } = await rhema(sandbox, ...args, '--json');
  const [line = '', ...more] = stdout.trimEnd().split('\n');
  if (line === '' || more.length > 0) throw new Error(`not one line of JSON: ${stdout}${stderr}`);
  return { exitCode: code, envelope: JSON.parse(line) as Envelope };
}

/** Starts any program in a sandbox's repository. */
export function start(
  sandbox: Sandbox,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Running {
  const child = spawn(file, args, {
    cwd: sandbox.worktree,
    env: { ...sandbox.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...said }));
  });
  return { child, ended, said };
}
