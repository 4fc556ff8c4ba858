import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure, type Figure } from '../harness/figures.ts';
import { makeRepository, withOwner, type OwnedRepository } from '../harness/owned-repository.ts';
import { cliFile } from '../harness/paths.ts';
import { median, quantile } from '../harness/statistics.ts';
import { inTurn, timeMs } from '../harness/timing.ts';

const starts = 20;
const calls = 1_000;

/** What an agent waits for, and what the tools cost it. */
export const mcpBenchmark: Benchmark = {
  name: 'mcp',
  title: 'MCP over stdio',
  method:
    'Start: from the start of the process `rhema mcp` to its answer to the first message, in turn with `node -e 0` to its end; median of 20, compared by the quickest of each, wall clock. Calls: `lock_acquire` and `lock_release` of a free scope, each durable, and `lock_check`, one after the other from one client of the SDK to one server process; 1,000 each. Tokens: the JSON of `tools/list` and the instructions in the o200k encoding.',
  run: async (bench) => {
    const repository = makeRepository(`${bench.folder}/repository`, 1);
    return withOwner(repository, async () => [
      ...(await startFigures(bench, repository)),
      ...(await withClient(repository, (client) => clientFigures(bench, client))),
    ]);
  },
};

async function startFigures(bench: Bench, repository: OwnedRepository): Promise<Figure[]> {
  const { left, right } = await inTurn(
    samples(bench, starts),
    () => timeMs(runNode),
    () => firstAnswerMs(repository),
  );
  const [nodeMs, answerMs] = [median(left), median(right)];
  return [
    figure('node -e 0', nodeMs, 'ms'),
    figure('rhema mcp, to the first answer', answerMs, 'ms'),
    figure('compared', Math.min(...right) / Math.min(...left), 'x', atMost(2)),
  ];
}

async function runNode(): Promise<void> {
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'close');
}

const firstMessage = {
  jsonrpc: '2.0',
  id: 1,
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    },
  },
};

async function firstAnswerMs({ worktree }: OwnedRepository): Promise<number> {
  let hangUp = async (): Promise<void> => undefined;
  const elapsedMs = await timeMs(async () => {
    const args = [cliFile, 'mcp'];
    const server = spawn(process.execPath, args, { cwd: worktree, stdio: ['pipe', 'pipe', 'inherit'] });
    server.stdin.write(`${JSON.stringify(firstMessage)}\n`);
    await once(server.stdout, 'data');
    hangUp = async () => {
      server.stdin.end();
      await once(server, 'close');
    };
  });
  await hangUp();
  return elapsedMs;
}

async function withClient<T>({ worktree }: OwnedRepository, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(
    { name: 'bench', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const args = [cliFile, 'mcp', '--repo', worktree];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function clientFigures(bench: Bench, client: Client): Promise<Figure[]> {
  const count = samples(bench, calls);
  const times: Record<'acquire' | 'release' | 'check', number[]> = { acquire: [], release: [], check: [] };
  const call = async (name: string, more: object): Promise<number> => {
    const request = { name, arguments: { agent: 'alice', ...more } };
    return timeMs(async () => {
      const { isError } = await client.callTool(request);
      if (isError === true) throw new Error(`${name} was refused`);
    });
  };
  await call('agent_join', {});
  for (let round = 0; round < count; round += 1) {
    times.acquire.push(await call('lock_acquire', { scopes: ['scope-0'] }));
    times.check.push(await call('lock_check', { path: 'scope-0/file.ts' }));
    times.release.push(await call('lock_release', {}));
  }
  await call('agent_report', { status: 'left' });
  return [
    ...Object.entries(times).flatMap(([name, each]) => [
      figure(`lock_${name}, p50`, quantile(each, 0.5), 'ms'),
      figure(`lock_${name}, p99`, quantile(each, 0.99), 'ms'),
    ]),
    ...(await tokenFigures(client)),
  ];
}

async function tokenFigures(client: Client): Promise<Figure[]> {
  const { tools } = await client.listTools();
  return [
    figure('all tools', countTokens(JSON.stringify(tools)), 'tokens', atMost(2_000)),
    figure('instructions', countTokens(client.getInstructions() ?? ''), 'tokens'),
  ];
}
