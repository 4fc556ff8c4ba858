import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { processorMs } from '../harness/children.ts';
import { atMost, figure } from '../harness/figures.ts';
import { makeRepository, withOwner } from '../harness/owned-repository.ts';
import { cliFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';
import { inTurn, timeMs } from '../harness/timing.ts';

const runs = 20;

/** What each step of an agent waits for. */
export const hookBenchmark: Benchmark = {
  name: 'hook',
  title: 'One hook of a client',
  method:
    'User and system time, and real time, of the whole process `rhema hook claude`, with an owner that runs, in turn with `node -e 0`: before an edit of a file that its agent has claimed, before the first edit of a file, before an edit that is refused, before a shell command, after a tool. Medians of 20, compared by the quickest of each. Beside it `coord-claude-hook pretool` of the Python package coord-mcp-server, where that is on the PATH.',
  run: async (bench) => {
    const repository = makeRepository(`${bench.folder}/repository`, 1);
    return withOwner(repository, () => measure(bench, repository.worktree));
  },
};

async function measure(bench: Bench, folder: string) {
  const count = samples(bench, runs);
  const payload = (name: string, value: object): string => {
    const file = join(bench.folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({ session_id: 'one', cwd: folder, ...value }));
    return file;
  };
  const edit = (path: string, over: object = {}) => ({
    hook_event_name: 'PreToolUse',
    tool_name: 'Edit',
    tool_input: { file_path: join(folder, path) },
    ...over,
  });
  const hook = (file: string): string[] => [
    'bash',
    '-c',
    `exec "$0" "$@" < ${file}`,
    process.execPath,
    cliFile,
    'hook',
    'claude',
  ];
  const held = payload('held', edit('scope-0/held.ts'));
  const refused = payload('refused', edit('scope-0/held.ts', { session_id: 'two' }));
  const shell = payload('shell', {
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command: 'npm test 2>&1 | tee -a scope-0/held.ts && git diff' },
  });
  const after = payload('after', edit('scope-0/held.ts', { hook_event_name: 'PostToolUse' }));
  let files = 0;
  const node = [process.execPath, '-e', '0'];
  const pairs = (command: () => readonly string[]) =>
    inTurn(
      count,
      () => processorMs(node, folder),
      () => processorMs(command(), folder),
    );
  await processorMs(hook(held), folder);
  const again = await pairs(() => hook(held));
  const first = await pairs(() => hook(payload('first', edit(`scope-0/${(files += 1)}.ts`))));
  const command = await pairs(() => hook(shell));
  const told = await pairs(() => hook(after));
  const no = await pairs(() => [
    'bash',
    '-c',
    `"$0" "$@" < ${refused} 2>/dev/null || true`,
    ...hook(refused).slice(3),
  ]);
  const wall = await inTurn(
    count,
    () => timeMs(() => execFileSync(node[0] as string, node.slice(1), { cwd: folder })),
    () => timeMs(() => ran(hook(held), folder)),
  );
  return [
    figure('node -e 0', median(again.left), 'ms'),
    ...compared('before an edit of what it has', again),
    ...compared('before the first edit of a file', first),
    ...compared('before a shell command', command),
    ...compared('after a tool', told),
    ...compared('before an edit that is refused', no),
    figure('real time, node -e 0', median(wall.left), 'ms'),
    figure('real time, before an edit of what it has', median(wall.right), 'ms', atMost(100)),
    ...(await peer(count, folder, held)),
  ];
}

function compared(name: string, { left, right }: Awaited<ReturnType<typeof inTurn>>) {
  return [
    figure(name, median(right), 'ms'),
    figure(`${name}, compared`, Math.min(...right) / Math.min(...left), 'x', atMost(2)),
  ];
}

const ran = (command: readonly string[], folder: string): void => {
  execFileSync(command[0] as string, command.slice(1), {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
};

/** Nothing where it is not installed. */
async function peer(count: number, folder: string, file: string) {
  const command = ['bash', '-c', `exec coord-claude-hook pretool < ${file}`];
  try {
    ran(['bash', '-c', 'command -v coord-claude-hook'], folder);
  } catch {
    return [];
  }
  const { left, right } = await inTurn(
    count,
    () => processorMs([process.execPath, '-e', '0'], folder),
    () => processorMs(command, folder),
  );
  return [
    figure('coord-claude-hook pretool', median(right), 'ms'),
    figure('coord-claude-hook pretool, compared', Math.min(...right) / Math.min(...left), 'x'),
  ];
}
