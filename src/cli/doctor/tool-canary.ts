/** Fires an edit that has to be refused through the server of a client's configuration, as the client would. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Canary } from '../../hooks/index.ts';
import { filledInput, type Table } from '../../hooks/install/index.ts';
import { readRegularFile } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { startsThisServer } from '../commands/client-config.ts';
import { clients } from '../commands/client-config-clients.ts';
import { chooseLaunch, programLocation, type Launch } from '../commands/client-config-launch.ts';

export type TriedThrough =
  | { readonly kind: 'refused'; readonly afterMs: number }
  | { readonly kind: 'passed'; readonly said: string }
  /** What the client's configuration starts is another program, which is not run for this. */
  | { readonly kind: 'notTried'; readonly command: string };

/** A client that waits longer has no use of it. */
const patienceMs = 15_000;
const saidMax = 200;

export async function fireThroughServer(
  { ports }: Call,
  worktree: string,
  handler: Table,
  canary: Canary,
): Promise<TriedThrough> {
  const { file } = clients.claude;
  const launch = chooseLaunch(programLocation(ports.env, worktree));
  const read = readRegularFile(join(worktree, file), { followLink: true });
  if (!read.ok || !startsThisServer(clients.claude, read.bytes.toString('utf8'), launch))
    return { kind: 'notTried', command: `the server rhema of ${file}` };
  const startMs = ports.clock.monotonicMs();
  const args = filledInput(handler, JSON.parse(canary.payload) as Table) ?? {};
  const said = await askServer(
    launch,
    { cwd: worktree, env: ports.env },
    { name: handler['tool'], arguments: args },
  );
  if (canary.isRefusalText(said))
    return { kind: 'refused', afterMs: Math.round(ports.clock.monotonicMs() - startMs) };
  return { kind: 'passed', said: (said === '' ? 'nothing' : said).slice(0, saidMax) };
}

/** What the first block of text of a tool's answer says, or why there is none. */
function askServer(
  { words: [command, ...words] }: Launch,
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  params: Table,
): Promise<string> {
  return new Promise((resolve) => {
    const server = spawn(command, [...words, 'mcp'], {
      ...where,
      timeout: patienceMs,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const say = (message: Table): void =>
      void server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    server.on('error', (error) => resolve(error.message));
    server.on('close', () => resolve('the server has ended without an answer'));
    server.stdin.on('error', () => undefined);
    createInterface({ input: server.stdout }).on('line', (text) => {
      const { id, result } = answerIn(text);
      if (id === 'greeting') {
        say({ method: 'notifications/initialized' });
        say({ id: 'trial', method: 'tools/call', params });
      }
      if (id !== 'trial') return;
      resolve(result?.content?.[0]?.text ?? text);
      server.stdin.end();
    });
    say({ id: 'greeting', method: 'initialize', params: greeting });
  });
}

const greeting = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'rhema doctor', version: '1' },
};

interface Answered {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
}

function answerIn(text: string): Answered {
  try {
    return JSON.parse(text) as Answered;
  } catch {
    return {};
  }
}
