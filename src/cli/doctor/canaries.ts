/** Fires an edit that has to be refused through each hook of a client that is installed, by the very words of its file. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { canaryOf, hookClients, type Canary, type HookClient } from '../../hooks/index.ts';
import {
  commandLine,
  jsonHookClients,
  lookAt,
  toolHandlerAt,
  type JsonHookClient,
} from '../../hooks/install/index.ts';
import { readRegularFile } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { chooseLaunch, programLocation } from '../commands/client-config-launch.ts';
import { whyUnreliable } from '../commands/hooks/tool-handler.ts';
import { fireThroughServer } from './tool-canary.ts';

export interface Tried {
  readonly title: string;
  readonly client: string;
  readonly file: string;
  readonly failing: JsonHookClient['failing'];
  /** Events without an entry of ours. */
  readonly missing: readonly string[];
  /** Why the client that is installed may let an act pass all the same; null: nothing is known. */
  readonly doubt: string | null;
  readonly outcome:
    | { readonly kind: 'refused'; readonly afterMs: number }
    | { readonly kind: 'passed'; readonly said: string }
    /** Its client has no entry for what comes before an edit. */
    | { readonly kind: 'notAsked'; readonly event: string }
    /** What stands in the file starts another program, which is not run for this. */
    | { readonly kind: 'notTried'; readonly command: string };
}

/** A client that waits longer has no use of it. */
const patienceMs = 15_000;
const saidMax = 200;

/** One for each client with hooks of ours in its file. Nothing of the repository is run: only this program, as it would be written. */
export async function tryHooks(call: Call, worktree: string): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const client of jsonHookClients) {
    const read = readRegularFile(join(worktree, client.file), { followLink: true });
    const text = read.ok ? read.bytes.toString('utf8') : '';
    const look = lookAt(client, text);
    if (!look.ok || !look.isAny) continue;
    const { title, name, file } = client;
    const asked = { title, client: name, file, missing: look.missing };
    const handler = toolHandlerAt(client, text, 'PreToolUse');
    if (handler === null) {
      const outcome = await outcomeOf(call, client, worktree, look);
      tried.push({ ...asked, failing: client.failing, doubt: null, outcome });
      continue;
    }
    tried.push({
      ...asked,
      failing: handler['onFailure'] === 'block' ? 'closed' : 'open',
      doubt: await whyUnreliable(call.ports.env, worktree),
      outcome: await fireThroughServer(call, worktree, handler, canaryFor(call, 'claude', worktree)),
    });
  }
  return tried;
}

async function outcomeOf(
  call: Call,
  client: JsonHookClient,
  worktree: string,
  { commands, missing }: { readonly commands: readonly string[]; readonly missing: readonly string[] },
): Promise<Tried['outcome']> {
  const name = hookClients.find((known) => known === client.name);
  const ours = commandLine(client, chooseLaunch(programLocation(call.ports.env, worktree)));
  const other = commands.find((command) => command !== ours);
  if (name === undefined || other !== undefined) return { kind: 'notTried', command: other ?? ours };
  const canary = canaryFor(call, name, worktree);
  if (missing.includes(canary.event)) return { kind: 'notAsked', event: canary.event };
  return fire(call, canary, worktree, client.namesEvent === undefined ? ours : `${ours} ${canary.event}`);
}

const canaryFor = ({ world }: Call, client: HookClient, worktree: string): Canary =>
  canaryOf(client, worktree, world.newSecret().slice(0, 16));

async function fire(
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
