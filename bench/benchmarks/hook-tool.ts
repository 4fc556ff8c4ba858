import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { filledInput, toolHandler } from '../../src/hooks/install/index.ts';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure, type Figure, type Target } from '../harness/figures.ts';
import { makeRepository, withOwner, type OwnedRepository } from '../harness/owned-repository.ts';
import { cliFile } from '../harness/paths.ts';
import { median, quantile } from '../harness/statistics.ts';
import { inTurn, timeMs } from '../harness/timing.ts';

const pairs = 20;
const rounds = 500;

/** What each step of an agent waits for where its own `rhema mcp` is asked. */
export const hookToolBenchmark: Benchmark = {
  name: 'hook-tool',
  title: 'One hook of a client, by the rhema mcp of its agent',
  method:
    'Real time, as the client sees it, of the tool by which Claude Code asks (`rhema hooks install claude --handler mcp`), called over standard input and output of one `rhema mcp`, with an owner that runs. First in turn with the process `rhema hook claude`, which is the same hook as a command, before an edit of a file that the agent has; medians of 20. Then 500 rounds of an agent: before and after an edit of a file that it has, which is written in between, before it reads, before a shell command, before an edit that is refused; and before the first edit of a file, of which Git is asked whether it is ignored.',
  run: async (bench) => {
    const repository = makeRepository(`${bench.folder}/repository`, 1);
    return withOwner(repository, () =>
      withClient(repository, (client) => measure(bench, repository, client)),
    );
  },
};

async function withClient<T>({ worktree }: OwnedRepository, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: 'bench', version: '1' });
  const command = process.execPath;
  await client.connect(new StdioClientTransport({ command, args: [cliFile, 'mcp'], cwd: worktree }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

type Payload = Readonly<Record<string, unknown>>;

async function measure(bench: Bench, { worktree }: OwnedRepository, client: Client): Promise<Figure[]> {
  let uses = 0;
  const payload = (tool_name: string, tool_input: object, over: object = {}): Payload => ({
    hook_event_name: 'PreToolUse',
    session_id: 'one',
    cwd: worktree,
    tool_name,
    tool_input,
    tool_use_id: `use ${(uses += 1)}`,
    ...over,
  });
  const file = { file_path: join(worktree, 'scope-0/held.ts') };
  const ask = (asked: Payload, isRefused = false): Promise<number> => askedMs(client, asked, isRefused);
  await ask(payload('Edit', file));

  const { left, right } = await inTurn(
    samples(bench, pairs),
    () => commandMs(worktree, payload('Edit', file)),
    () => ask(payload('Edit', file)),
  );
  const times: Record<string, number[]> = {};
  const note = async (name: string, taken: Promise<number>): Promise<void> =>
    void (times[name] ??= []).push(await taken);
  const shell = { command: 'npm test 2>&1 | tee -a scope-0/held.ts && git diff' };
  for (let round = 0; round < samples(bench, rounds); round += 1) {
    await note('before an edit of what it has', ask(payload('Edit', file)));
    writeFileSync(file.file_path, String(round));
    await note('after it', ask(payload('Edit', file, { hook_event_name: 'PostToolUse' })));
    await note('before it reads', ask(payload('Read', file)));
    await note('before a shell command', ask(payload('Bash', shell)));
    await note('before an edit that is refused', ask(payload('Edit', file, { session_id: 'two' }), true));
  }
  const first: number[] = [];
  for (let round = 0; round < samples(bench, pairs); round += 1)
    first.push(await ask(payload('Edit', { file_path: join(worktree, `scope-0/${round}.ts`) })));
  return [
    figure('as a command', median(left), 'ms'),
    figure('by rhema mcp, in turn with it', median(right), 'ms'),
    ...Object.entries(times).flatMap(([name, each]) => quantiles(name, each, targets)),
    ...quantiles('before the first edit of a file', first, null),
  ];
}

interface Targets {
  readonly p50: Target;
  readonly p99: Target;
}

const targets: Targets = { p50: atMost(5), p99: atMost(20) };

function quantiles(name: string, times: readonly number[], asked: Targets | null): Figure[] {
  return [
    figure(`${name}, p50`, quantile(times, 0.5), 'ms', asked?.p50 ?? null),
    figure(`${name}, p99`, quantile(times, 0.99), 'ms', asked?.p99 ?? null),
  ];
}

function askedMs(client: Client, asked: Payload, isRefused: boolean): Promise<number> {
  const handler = toolHandler('claude', String(asked['hook_event_name']));
  const request = { name: String(handler['tool']), arguments: filledInput(handler, asked) ?? {} };
  return timeMs(async () => {
    const said = JSON.stringify(await client.callTool(request));
    if (said.includes('systemMessage') || said.includes('deny') !== isRefused) throw new Error(said);
  });
}

function commandMs(cwd: string, asked: Payload): Promise<number> {
  const input = JSON.stringify(asked);
  return timeMs(() => void execFileSync(process.execPath, [cliFile, 'hook', 'claude'], { cwd, input }));
}
