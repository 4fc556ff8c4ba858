import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rhemaIn } from '../testing/direct.ts';
import { ContextRepository, inCore, todos } from '../testing/context-repository.ts';

/** Where context files are looked for, and what is said of those that are elsewhere; on real files. */
const repository = new ContextRepository();
const { write, read, rhema, context } = repository;

describe('a file of a kind', () => {
  const elsewhere = 'src/core/deep/todos.yaml';

  it.each([
    ['add', [elsewhere, 'title=x']],
    ['set', [elsewhere, 'x', 'title=y']],
    ['remove', [elsewhere, 'x']],
    ['write', [elsewhere, '--from', 'rhema.yaml']],
  ])(
    'that no scope has at that place is not written, but the one that is read is named: %s',
    async (verb, words) => {
      const { code, stderr } = await context(verb, ...words);
      expect([code, stderr]).toEqual([
        2,
        `rhema: ${elsewhere} would not be read: scope src/core has its todos in ${todos} (INVALID_INPUT)\n`,
      ]);
      expect(existsSync(join(repository.path, elsewhere))).toBe(false);
    },
  );

  it('that a link in the folder of a scope leads to is written there', async () => {
    write('shared/todos.yaml', 'todos: []\n');
    mkdirSync(join(repository.path, 'src/core/.rhema'));
    symlinkSync('../../../shared/todos.yaml', join(repository.path, todos));
    expect((await context('add', todos, 'title=x')).code).toBe(0);
    expect(read('shared/todos.yaml')).toContain('id: x');
    expect((await context('list')).stdout).toMatch(/src\/core\/.rhema\/todos.yaml .* recorded by /);
  });

  it('is passed over where another one of that scope is read, and that is told', async () => {
    await context('add', 'todos', 'title=seen', ...inCore);
    write('src/core/todos.yml', 'todos: []\n');
    const told = `src/core/todos.yml is not read, since ${todos} is: bring both together, or remove one (FILE_PASSED_OVER)`;
    expect((await context('check')).stdout).toContain(`${todos}: warning: ${told}`);
    expect((await context('check', 'src/core/todos.yml')).stdout).toContain(`todos.yml: warning: ${told}`);
    rmSync(join(repository.path, 'src/core/todos.yml'));
    symlinkSync('.rhema/todos.yaml', join(repository.path, 'src/core/todos.yml'));
    expect((await context('check')).stdout).not.toContain('FILE_PASSED_OVER');
  });
});

it('a key with a dot is one in the map of another', async () => {
  await context(
    'add',
    'todos',
    'title=x',
    'context.related_files:=["rhema.yaml"]',
    'context.note=first',
    ...inCore,
  );
  expect(read()).toContain('context:\n      related_files:\n        - rhema.yaml\n      note: first\n');
  await context('set', 'todos', 'x', 'context.note=then', '--unset', 'context.related_files', ...inCore);
  expect(read()).toContain('context:\n      note: then\n');
  expect((await context('set', 'todos', 'x', 'title.x=m', ...inCore)).stderr).toContain(
    'is no place for a value',
  );
});

it('where coordination is disabled nothing is recorded, and that is said', async () => {
  await context('add', 'todos', 'title=x', ...inCore);
  write('rhema.yaml', 'name: root\nagent_coordination:\n  enabled: false\n');
  expect((await context('record', 'todos', ...inCore)).stdout).toBe(
    `${todos}: kept, but not recorded: coordination is disabled, and no log notes it\n`,
  );
  write('new.yaml', 'todos: []\n');
  const { stdout } = await context('write', 'src/core/todos.yaml', '--from', 'new.yaml');
  expect(stdout).toContain('written; coordination is disabled, so no lock was taken');
});

it('the digests of what a file was are completed', async () => {
  await context('add', 'todos', 'title=x', ...inCore);
  await context('add', 'todos', 'title=y', ...inCore);
  const { stdout: history } = await context('history', todos, '--json');
  const { versions } = JSON.parse(history) as { versions: readonly { digest: string }[] };
  const known = versions.map(({ digest }) => digest.slice(0, 12));
  const { stdout } = await rhema('__complete', '--', 'context', 'history', todos, '');
  expect(stdout).toBe(known.map((digest) => `${digest}\t\n`).join(''));
});

it('a file that is in no scope is said to be so, whatever is asked of it', async () => {
  rmSync(join(repository.path, 'rhema.yaml'));
  write('out/notes.md', 'text');
  for (const words of [
    ['record', 'out/notes.md'],
    ['history', 'out/notes.md'],
    ['add', 'out/todos.yaml', 'title=x'],
  ]) {
    const { code, stderr } = await context(...words);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(' is in no scope, and so no context file of one'),
    ]);
  }
});

it('what is advised in a folder can be typed there, without more than it needs', async () => {
  write(
    todos,
    'todos: [{ id: a, title: a, status: done, priority: low, created_at: "2026-01-31T09:00:00Z" }]\n',
  );
  const { stdout } = await rhemaIn(join(repository.path, 'src/core'), 'context', 'show', 'todos');
  expect(stdout).toMatch(/: rhema (?:--direct )?context check \.rhema\/todos\.yaml\n$/);
});
