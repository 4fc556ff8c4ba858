/** Fires an edit that has to be refused through a command line of ours, as a client would. */
import { spawn } from 'node:child_process';
import { canaryOf, type Canary, type HookClient } from '../../hooks/index.ts';
import type { Call } from '../call.ts';
import type { Tried } from './tried.ts';

/** A client that waits longer has no use of it. */
const patienceMs = 15_000;
const saidMax = 200;

export const canaryFor = ({ world }: Call, client: HookClient, worktree: string): Canary =>
  canaryOf(client, worktree, world.newSecret().slice(0, 16));

/** Fires it through a command line that is ours. */
export const fireThrough = (
  call: Call,
  client: HookClient,
  worktree: string,
  command: string,
): Promise<Tried['outcome']> => fire(call, canaryFor(call, client, worktree), worktree, command);

export async function fire(
  { ports }: Call,
  canary: Canary,
  worktree: string,
  command: string,
): Promise<Tried['outcome']> {
  const env = { ...ports.env, CLAUDE_PROJECT_DIR: worktree, GEMINI_PROJECT_DIR: worktree };
  const startMs = ports.clock.monotonicMs();
  const printed = await run(command, { cwd: worktree, env, input: canary.payload });
  if (canary.isRefusal(printed))
    return { kind: 'refused', afterMs: Math.round(ports.clock.monotonicMs() - startMs) };
  const said =
    printed.stderr.trim() ||
    printed.stdout.trim() ||
    `nothing, and ended with ${printed.exitCode ?? 'a signal'}`;
  return { kind: 'passed', said: said.slice(0, saidMax) };
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

function run(
  command: string,
  { cwd, env, input }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input: string },
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', command], {
      cwd,
      env,
      timeout: patienceMs,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => resolve({ stdout: '', stderr: error.message, exitCode: null }));
    child.on('close', (exitCode) => resolve({ stdout, stderr, exitCode }));
    child.stdin.on('error', () => undefined).end(input);
  });
}
