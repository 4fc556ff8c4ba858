import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samples, type Bench, type Benchmark } from '../harness/benchmark.ts';
import { atMost, figure } from '../harness/figures.ts';
import { git, withoutAgent } from '../harness/git.ts';
import { cliFile } from '../harness/paths.ts';
import { median } from '../harness/statistics.ts';
import { inTurn, timeMs } from '../harness/timing.ts';

const commits = 200;
const runs = 5;

/** What the hooks of Git cost where they have nothing to say: Git runs one each time that it moves HEAD. */
export const gitHooksBenchmark: Benchmark = {
  name: 'git-hooks',
  title: 'A rebase of 200 commits, with the hooks of `rhema hooks install git`',
  method:
    'Real time of `git rebase`, with a second working tree beside it, in turn with and without the hooks (`core.hooksPath=/dev/null`); divided by the commits. And `git commit` of one file, with the check in `pre-commit`, by nobody and by an agent, with an owner that runs. The quickest of five rebases, medians of the commits.',
  run: async (bench) => {
    const folder = prepared(bench);
    const count = samples(bench, runs);
    const rebase = (...settings: readonly string[]): Promise<number> => {
      git(folder, [...withoutHooks, 'checkout', '-q', '-B', 'moved', 'work']);
      return timeMs(() => git(folder, [...settings, 'rebase', '-q', 'main']));
    };
    const { left, right } = await inTurn(
      count,
      () => rebase(...withoutHooks),
      () => rebase(),
    );
    const [plainMs, hookedMs] = [Math.min(...left) / commits, Math.min(...right) / commits];
    const commit = (env: NodeJS.ProcessEnv, ...settings: readonly string[]): Promise<number> =>
      timeMs(() => git(folder, [...settings, 'commit', '-q', '--allow-empty', '-m', 'x'], env));
    rhema(folder, 'agent', 'join', 'alice');
    const nobody = await inTurn(
      count,
      () => commit({}, ...withoutHooks),
      () => commit({}),
    );
    const agent = await inTurn(
      count,
      () => commit({}, ...withoutHooks),
      () => commit({ RHEMA_AGENT: 'alice' }),
    );
    rhema(folder, 'daemon', 'stop');
    return [
      figure('rebase, each commit, Git alone', plainMs, 'ms'),
      figure('rebase, each commit, with hooks', hookedMs, 'ms'),
      figure('rebase, added to each commit', hookedMs - plainMs, 'ms', atMost(30)),
      figure('rebase, compared', hookedMs / plainMs, 'x'),
      figure('commit, Git alone', median(nobody.left), 'ms'),
      figure('commit of nobody, with hooks', median(nobody.right), 'ms'),
      figure('commit of an agent, with hooks', median(agent.right), 'ms'),
    ];
  },
};

const withoutHooks = ['-c', 'core.hooksPath=/dev/null'] as const;

/** Ahead of `main`, which has gone on, lie the commits on `work`. */
function prepared({ folder: top }: Bench): string {
  const folder = join(top, 'rebased');
  mkdirSync(folder);
  git(folder, ['init', '-q', '-b', 'main']);
  const block = 'agent_coordination:\n  enabled: true\n  scopes: { src: {} }\n';
  writeFileSync(join(folder, 'rhema.yaml'), `name: rebased\n${block}`);
  mkdirSync(join(folder, 'src'));
  commitFile(folder, 'src/first');
  git(folder, ['checkout', '-q', '-b', 'work']);
  for (let index = 0; index < commits; index += 1) commitFile(folder, `src/${index}`);
  git(folder, ['checkout', '-q', 'main']);
  commitFile(folder, 'src/second');
  git(folder, ['worktree', 'add', '-q', '-b', 'beside', join(top, 'beside')]);
  rhema(folder, 'hooks', 'install', 'git', '--yes');
  return folder;
}

function commitFile(folder: string, file: string): void {
  writeFileSync(join(folder, file), file);
  git(folder, ['add', '.']);
  git(folder, ['commit', '-q', '-m', file]);
}

function rhema(folder: string, ...words: readonly string[]): void {
  execFileSync(process.execPath, [cliFile, '-C', folder, ...words], { env: withoutAgent(), stdio: 'ignore' });
}
