/** From a file for each scope to one for all, and back. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flat, makeRepository, type Files } from '../../src/repository/testing/fixture.ts';
import type { Plan } from '../../src/init/index.ts';
import { changesOf, graph, init, json, noticesOf, planInit, planRefresh, workspace } from './support.ts';

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])) });
const files: Files = {
  'package.json': workspace('*'),
  'a/package.json': manifest('a'),
  'b/package.json': manifest('b', 'a'),
};
const read = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');
const edit = (root: string, file: string, change: (text: string) => string): void => {
  const text = read(root, file);
  expect(change(text)).not.toBe(text);
  writeFileSync(join(root, file), change(text));
};

describe('what init wrote', () => {
  it('is the same in either layout, and comes back as it was', async () => {
    const root = makeRepository(files);
    const plan = await init(root, { layout: 'one' });
    const one = read(root, 'rhema.yaml');
    const split = await init(root, { layout: 'files' });
    expect(changesOf(split)).toEqual(['add a/rhema.yaml', 'add b/rhema.yaml', 'change rhema.yaml']);
    expect(graph(split)).toEqual(graph(plan));
    expect(read(root, 'b/rhema.yaml')).toContain(
      'scope_type: library\nversion: 1.0.0\ndependencies:\n  - path: ../a\n',
    );
    expect((await planRefresh(root)).changes).toEqual([]);
    const joined = await init(root, { layout: 'one' });
    expect(changesOf(joined)).toEqual(['change rhema.yaml', 'remove a/rhema.yaml', 'remove b/rhema.yaml']);
    expect(read(root, 'rhema.yaml')).toContain(
      one.slice(one.indexOf('    a:\n'), one.indexOf('\ngenerated:\n')),
    );
    expect((await planRefresh(root)).changes).toEqual([]);
    expect((await planInit(root, { layout: 'one' })).changes).toEqual([]);
  });
});

describe('what a person wrote', () => {
  const mine = `# above the name
name: b # beside it
type: service
custom: { x: [1, 2] } # unknown to us
about: |
  two

  lines
dependencies: # why
  # the first
  - path: ../a
    why: needed
# at the end
`;

  it('goes with all its remarks and keys, there and back', async () => {
    const root = makeRepository({
      ...files,
      'rhema.yaml': 'name: top\n',
      'a/rhema.yaml': flat('a'),
      'b/rhema.yaml': mine,
    });
    const joined = await init(root, { layout: 'one' });
    expect(changesOf(joined)).toEqual(['change rhema.yaml', 'remove a/rhema.yaml', 'remove b/rhema.yaml']);
    const indented = mine.replaceAll(/^(?=.)/gm, '      ');
    expect(read(root, 'rhema.yaml')).toContain(`    b:\n${indented}`);
    expect(graph(joined)).toEqual({ '.': [], a: [], b: ['a'] });
    await init(root, { layout: 'files' });
    expect(read(root, 'b/rhema.yaml')).toBe(mine);
    expect(read(root, 'rhema.yaml')).not.toContain('custom');
  });

  it.each([
    ['now', '# By `rhema init`. `rhema scope refresh` keeps what `generated` lists in step.\n'],
    [
      'at first',
      '# Written by `rhema init`. What stands under `generated`, `rhema scope refresh`\n# keeps in step with the code; everything else is yours.\n',
    ],
  ])('goes without the heading that init writes %s', async (_when, heading) => {
    const root = makeRepository({
      ...files,
      'rhema.yaml': 'name: top\n',
      'a/rhema.yaml': flat('a'),
      'b/rhema.yaml': `${heading}${mine}`,
    });
    await init(root, { layout: 'one' });
    expect(read(root, 'rhema.yaml')).toContain(`    b:\n      # above the name\n`);
  });

  it('takes the remarks at its key along', async () => {
    const root = makeRepository({
      'rhema.yaml':
        'name: top\nagent_coordination:\n  scopes:\n    # of a\n    a: # beside\n      type: x\n      # below\n    # of b\n    b: { type: y }\n    c: # nothing else\n  idle_exit: 1m\n',
      'a/x': '',
      'b/x': '',
      'c/x': '',
    });
    await init(root, { layout: 'files' });
    expect(read(root, 'a/rhema.yaml')).toBe('# of a\n# beside\ntype: x\n# below\n');
    expect(read(root, 'b/rhema.yaml')).toBe('# of b\n{ type: y }\n');
    expect(read(root, 'c/rhema.yaml')).toBe('# nothing else\nname: c\n');
    expect(read(root, 'rhema.yaml')).toContain('  idle_exit: 1m\n');
    expect(read(root, 'rhema.yaml')).not.toContain('# of');
  });

  it('follows the code in its new place', async () => {
    const root = makeRepository(files);
    await init(root, { layout: 'files' });
    edit(root, 'b/rhema.yaml', (text) => `${text}# mine\n`);
    writeFileSync(join(root, 'a/package.json'), manifest('a', 'b'));
    writeFileSync(join(root, 'b/package.json'), manifest('b'));
    const plan = await init(root, { layout: 'one' });
    expect(graph(plan)).toEqual({ '.': [], a: ['b'], b: [] });
    expect(read(root, 'rhema.yaml')).toContain('# mine\n');
    expect(existsSync(join(root, 'b/rhema.yaml'))).toBe(false);
    expect((await planRefresh(root)).changes).toEqual([]);
  });
});

describe('what cannot be carried over is named, and nothing is written', () => {
  const top = (...lines: readonly string[]): string =>
    ['name: top', 'agent_coordination:', '  scopes:', ...lines.map((one) => `    ${one}`), ''].join('\n');

  it.each<readonly [title: string, text: string, expected: string, said: string]>([
    ['a mark of a document', 'name: a\n---\n', 'a/rhema.yaml:2', 'begins or ends a document'],
    ['the nested shape', 'rhema:\n  scope:\n    name: a\n', 'a/rhema.yaml:1', 'rhema has name, type'],
  ])('from a file: %s', async (_title, text, expected, said) => {
    const plan = await planInit(makeRepository({ 'rhema.yaml': 'name: top\n', 'a/rhema.yaml': text }), {
      layout: 'one',
    });
    expectRefused(plan, expected, said);
  });

  it.each<readonly [title: string, text: string, expected: string, said: string]>([
    ['what refers to another', top('a: &x { type: y }', 'b: *x'), 'rhema.yaml:5:5', 'only where it stands'],
    ['patterns', top('a: { split: ["*"] }'), 'rhema.yaml:4:5', 'split cannot stand'],
    ['what has no folder', top('gone:'), 'rhema.yaml:4:5', 'has no folder'],
    ['what is excluded', `${top('a:')}  exclude: [a]\n`, 'rhema.yaml:4:5', 'would not be read'],
    [
      'what a pattern makes',
      'name: top\nagent_coordination:\n  split: [a]\n',
      'rhema.yaml',
      'is a scope by a pattern',
    ],
  ])('from the list: %s', async (_title, text, expected, said) => {
    const plan = await planInit(makeRepository({ 'rhema.yaml': text, 'a/x': '', 'b/x': '' }), {
      layout: 'files',
    });
    expectRefused(plan, expected, said);
  });

  function expectRefused(plan: Plan, place: string, said: string): void {
    expect(noticesOf(plan)).toContain(`NOT_CARRIED_OVER ${place}`);
    const notice = plan.notices.find(({ code }) => code === 'NOT_CARRIED_OVER');
    expect(notice).toMatchObject({ severity: 'error', message: expect.stringContaining(said) as string });
  }
});

it('a file in a .rhema folder stays, since Rhema reads it there', async () => {
  const root = makeRepository({
    ...files,
    'rhema.yaml': 'name: top\n',
    'a/.rhema/rhema.yaml': flat('a'),
    'b/rhema.yaml': flat('b'),
  });
  const plan = await init(root, { layout: 'one' });
  expect(changesOf(plan)).toEqual(['change rhema.yaml', 'remove b/rhema.yaml']);
  expect(noticesOf(plan)).toEqual(['KEPT_BY_HAND a/.rhema/rhema.yaml']);
});
