import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { sessionOf } from '../process-list.ts';
import { findBegun, markVariable, ProcessTree, type Root } from './process-tree.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
});

interface Started {
  readonly child: ChildProcess;
  readonly allEnded: Promise<unknown>;
}

/**
 * A shell that has started two programs, one of them in a group of its own; they hold its standard output, which ends
 * when the last of them has ended.
 */
async function shell(before = ''): Promise<Started> {
  const script = `${before} sleep 100 & setsid sleep 100 & echo begun; wait; sleep 100`;
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  const allEnded = once(child, 'close');
  await once(child.stdout, 'data');
  return { child, allEnded };
}

const treeOf = ({ pid = 0 }: ChildProcess, over: Partial<Root> = {}): ProcessTree =>
  new ProcessTree({ pid, leads: false, session: null, mark: null, ...over });

it('a signal reaches all that a command has started, also in groups of their own', async () => {
  const { child, allEnded } = await shell();
  treeOf(child).signal('SIGKILL');
  expect(await allEnded).toEqual([null, 'SIGKILL']);
});

it('what was there at the first signal is reached by the second one, though the command itself has ended', async () => {
  const { child, allEnded } = await shell("trap 'exit 3' TERM; (trap '' TERM; sleep 100; sleep 100) &");
  const tree = treeOf(child);
  const exited = once(child, 'exit');
  tree.signal('SIGTERM');
  expect(await exited).toEqual([3, null]);
  tree.signal('SIGKILL');
  await allEnded;
});

it('a process that got the number of an ended command is left alone', async () => {
  const { child } = await shell();
  const tree = new ProcessTree({ pid: 2 ** 22 + 1, leads: true, session: null, mark: null });
  tree.signal('SIGKILL');
  expect(child.exitCode).toBeNull();
});

/**
 * A shell whose helper has ended at once, and has left a program in a group of its own, one in that of the shell, and a
 * daemon, which holds nothing of what it was given.
 */
async function orphans(detached: boolean, env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const helper = 'timeout 100 sh -c "echo begun; sleep 100" & sleep 101 & setsid sleep 3 >/dev/null & exit 0';
  const script = `sh -c '${helper}'; echo ended; read line`;
  const child = spawn('sh', ['-c', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached,
    env: { ...process.env, ...env },
  });
  started.push(child);
  const allEnded = once(child, 'close');
  let said = '';
  while (!(said.includes('begun') && said.includes('ended')))
    said += String(await once(child.stdout, 'data'));
  return { child, allEnded };
}

const onLinux = process.platform === 'linux';

it.runIf(onLinux)(
  'what its parent has left behind in a group of its own is ended with the session',
  async () => {
    const { child, allEnded } = await orphans(true);
    await treeOf(child, { leads: true }).endAll();
    await allEnded;
  },
);

it.runIf(onLinux)(
  'what its parent has left behind in a session that others share is ended by its mark',
  async () => {
    const session = sessionOf(process.pid);
    const { child, allEnded } = await orphans(false, { [markVariable]: 'outer;mine;inner;' });
    await treeOf(child, { session, mark: 'outer;mine;' }).endAll();
    await allEnded;
  },
);

it.runIf(onLinux)(
  'what a command that has ended has left in its session is listed, but no daemon',
  async () => {
    const { child, allEnded } = await orphans(true);
    const tree = treeOf(child, { leads: true });
    const exited = once(child, 'exit');
    child.stdin?.end();
    await exited;
    // A program that was begun carries its parent's name, or is not there, until the system has got round to it.
    const names = (): string[] =>
      tree
        .left()
        .map(({ name }) => name)
        .sort();
    await expect.poll(names).toEqual(['sh', 'sleep', 'sleep', 'timeout']);
    await tree.endAll();
    await allEnded;
    expect(tree.left()).toEqual([]);
  },
);

it.runIf(onLinux)('what is started while all are being ended is ended, too', async () => {
  const fork = 'while :; do sh -c "sleep 100" & done';
  const child = spawn('sh', ['-c', `echo begun; ${fork}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  started.push(child);
  const allEnded = once(child, 'close');
  await once(child.stdout, 'data');
  const tree = treeOf(child, { leads: true });
  await tree.endAll();
  await allEnded;
  expect(tree.left()).toEqual([]);
});

it.skipIf(process.platform !== 'linux')(
  'a command of which nothing was said yet is found by its mark',
  async () => {
    const mark = `${process.pid}-untold;`;
    const begins = { leads: true, session: null, mark };
    expect(findBegun(begins)).toBeNull();
    const child = spawn('sh', ['-c', 'setsid sleep 100 & echo begun; wait'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env: { ...process.env, [markVariable]: `${mark}inner;` },
    });
    started.push(child);
    await once(child.stdout, 'data');
    expect(findBegun(begins)).toEqual({ ...begins, pid: child.pid });
    expect(findBegun({ ...begins, mark: null })).toBeNull();
    await new ProcessTree({ ...begins, pid: child.pid ?? 0 }).endAll();
  },
);
