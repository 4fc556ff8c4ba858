/** Context files under many writers at once, and under writers that are killed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ScopePath } from '../../src/core/index.ts';
import { entryCampaign } from './entries.ts';
import { rhema, rhemaJson, startRhema } from './support/cli.ts';
import { Sandbox } from './support/sandbox.ts';

let sandbox: Sandbox;
const todos = 'api/.rhema/todos.yaml' as ScopePath;
const located = (): string => join(sandbox.worktree, todos);
const done = async (...args: readonly string[]): Promise<void> => {
  const ended = await rhema(sandbox, ...args);
  expect(ended).toMatchObject({ code: 0 });
};

beforeEach(() => {
  sandbox = new Sandbox({ api: [] }, { dead_grace: '1s', sync_settings: { conflict_resolution: 'merge' } });
});
afterEach(() => sandbox.clear());

interface Todo {
  readonly id: string;
  readonly title: string;
}

function todosNow(): readonly Todo[] {
  return (parse(readFileSync(located(), 'utf8')) as { todos: Todo[] }).todos;
}

it('no change of an entry is lost, whoever changes others meanwhile, by whichever way', async () => {
  const { done, faults } = await entryCampaign(80, 1);
  expect(faults).toEqual([]);
  for (const count of Object.values(done)) expect(count).toBeGreaterThan(0);
});

it.each([
  ['the new text lies beside the file', 'api/.rhema', /^\.todos\.yaml\./],
  ['what is replaced is kept', '.git/refs/rhema/context', /./],
  ['the new text is in its place', 'api/.rhema', /^todos\.yaml$/],
])(
  'a writer that is killed when %s leaves the old file or the new one, and a log that agrees',
  async (_when, folder, name) => {
    await done('context', 'add', 'todos', 'id=one', 'title=old', '--scope', 'api');
    mkdirSync(join(sandbox.worktree, folder), { recursive: true });
    const writer = startRhema(sandbox, 'context', 'set', todos, 'one', 'title=new');
    const watcher = watch(join(sandbox.worktree, folder), (_event, file) => {
      if (file !== null && name.test(file)) writer.child.kill('SIGKILL');
    });
    await writer.ended;
    watcher.close();
    expect(['old', 'new']).toContain(todosNow()[0]?.title);
    await done('context', 'set', todos, 'one', 'priority=high', '--wait', '30s');
    expect(todosNow()).toMatchObject([{ id: 'one', priority: 'high' }]);
    expect(['old', 'new']).toContain(todosNow()[0]?.title);
    const { envelope } = await rhemaJson(sandbox, 'context', 'list');
    expect(envelope).toMatchObject({ files: [{ file: todos, standing: 'recorded' }] });
    expect(readdirSync(dirname(located()))).toEqual(['todos.yaml']);
  },
);

/** As a writer leaves it that is killed before the log has its first text. */
function leaveBehind(text: string, written = text): string {
  const digest = createHash('sha256').update(text).digest('hex');
  const left = join(dirname(located()), `.todos.yaml.none-${digest.slice(0, 16)}-1`);
  mkdirSync(dirname(left), { recursive: true });
  writeFileSync(left, written);
  return left;
}

it('the text of a writer that was killed before the log had it is gone with the next one', async () => {
  const left = leaveBehind('todos: []\n', 'tod');
  expect((await rhema(sandbox, 'doctor')).stdout).toContain('was left by a writer that was killed');
  await done('context', 'add', 'todos', 'id=one', 'title=One', '--scope', 'api');
  expect(existsSync(left)).toBe(false);
  expect(readdirSync(dirname(located()))).toEqual(['todos.yaml']);
});

it('and uninstall removes it where it is whole, and names it where it is not', async () => {
  const [whole, part] = [leaveBehind('todos: []\n'), leaveBehind('todos: [1]\n', 'tod')];
  await done('status');
  const { stdout } = await rhema(sandbox, 'uninstall', '--yes');
  expect([existsSync(whole), existsSync(part)]).toEqual([false, true]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('but is not whole: remove it by hand');
});

it('what somebody writes there beside all locks is merged, and can be had again', async () => {
  await done('context', 'add', 'todos', 'id=one', 'title=One', '--scope', 'api');
  const foreign = readFileSync(located(), 'utf8').replace('One', 'Uno');
  writeFileSync(located(), foreign);
  await done('context', 'add', todos, 'id=two', 'title=Two');
  expect(todosNow()).toMatchObject([{ title: 'Uno' }, { title: 'Two' }]);
  const { envelope } = await rhemaJson(sandbox, 'context', 'history', todos);
  const [, replaced] = envelope['versions'] as readonly { readonly digest: string }[];
  expect((await rhema(sandbox, 'context', 'history', todos, replaced?.digest ?? '')).stdout).toBe(foreign);
  expect(existsSync(dirname(located()))).toBe(true);
});
