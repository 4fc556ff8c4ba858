import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeRepository, scan, temporaryFolder, write } from '../../src/repository/testing/fixture.ts';
import { changesOf, graph, init, json, noticesOf, planInit, planRefresh, refresh } from './support.ts';

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])) });

let root = '';
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(root, file), change(read(file)));

beforeEach(async () => {
  root = makeRepository({
    'package.json': json({ name: 'acme', workspaces: ['*'] }),
    'a/package.json': manifest('a'),
    'b/package.json': manifest('b', 'a'),
    'c/package.json': manifest('c', 'a', 'b'),
  });
  await init(root);
});

describe('code that did not change', () => {
  it('leaves nothing to do', async () => {
    expect((await planRefresh(root)).changes).toEqual([]);
    expect((await planInit(root)).changes).toEqual([]);
  });

  it('leaves nothing to do when the files were checked out with other line ends', async () => {
    for (const file of ['rhema.yaml', 'c/rhema.yaml']) edit(file, (text) => text.replaceAll('\n', '\r\n'));
    expect((await planRefresh(root)).changes).toEqual([]);
  });
});

describe('code that changed', () => {
  it('adds and removes dependencies', async () => {
    write(root, { 'c/package.json': manifest('c', 'b'), 'a/package.json': manifest('a') });
    const plan = await refresh(root);
    expect(changesOf(plan)).toEqual(['change c/rhema.yaml']);
    expect(graph(plan)).toEqual({ '.': [], a: [], b: ['a'], c: ['b'] });
  });

  it('adds scopes', async () => {
    write(root, { 'd/package.json': manifest('d', 'c'), 'b/package.json': manifest('b', 'd-not', 'a') });
    const plan = await refresh(root);
    expect(changesOf(plan)).toEqual(['add d/rhema.yaml']);
    expect(graph(plan)['d']).toEqual(['c']);
  });

  it('removes the scope of a part that is gone', async () => {
    rmSync(join(root, 'b/package.json'));
    const plan = await refresh(root);
    expect(changesOf(plan)).toEqual(['change c/rhema.yaml', 'remove b/rhema.yaml']);
    expect(existsSync(join(root, 'b/rhema.yaml'))).toBe(false);
    expect(graph(plan)).toEqual({ '.': [], a: [], c: ['a'] });
  });

  it('renames a scope that still has the name we gave it', async () => {
    write(root, { 'b/package.json': manifest('beta', 'a'), 'c/package.json': manifest('c', 'a', 'beta') });
    await refresh(root);
    expect(read('b/rhema.yaml')).toContain('name: beta\n');
  });
});

describe("the top's file, which is never written anew", () => {
  const acme = (name: string, more: object = {}): string => json({ name, workspaces: ['*'], ...more });

  it('follows the name of its manifest', async () => {
    for (const name of ['@acme/all', 'acme']) {
      write(root, { 'package.json': acme(name) });
      expect(changesOf(await refresh(root))).toEqual(['change rhema.yaml']);
      expect((await scan(root)).definitions).toContainEqual(expect.objectContaining({ path: '.', name }));
      expect((await planRefresh(root)).changes).toEqual([]);
    }
  });

  it('follows the types of its dependencies, whatever is in the configuration', async () => {
    edit('rhema.yaml', (text) =>
      text.replace(/enabled: true.*\n/, 'enabled: true\n  lock_timeout: 5m # mine\n'),
    );
    write(root, { 'package.json': acme('acme', { dependencies: { c: '*', a: '*' } }) });
    await refresh(root);
    write(root, { 'package.json': acme('all', { devDependencies: { c: '*' }, dependencies: { a: '*' } }) });
    await refresh(root);
    expect(read('rhema.yaml')).toContain('  - path: ./c\n    dependency_type: development\n');
    expect(read('rhema.yaml')).toContain('name: all\n');
    expect(read('rhema.yaml')).toContain('lock_timeout: 5m # mine\n');
    expect((await planRefresh(root)).changes).toEqual([]);
  });

  it.each([
    ['its name', 'name: acme\n', 'name: mine\n'],
    ['its type', 'scope_type: repository\n', 'scope_type: service\n'],
    ['a dependency', 'version: 1.0.0\n', 'version: 1.0.0\ndependencies: [./a]\n'],
  ])('keeps its name once a person has changed %s', async (_title, from, to) => {
    edit('rhema.yaml', (text) => text.replace(from, to));
    write(root, { 'package.json': acme('other') });
    expect((await planRefresh(root)).changes).toEqual([]);
  });

  it('keeps its name in a clone whose folder has another, where no manifest names it', async () => {
    root = makeRepository({ 'a/package.json': manifest('a') });
    await init(root);
    const moved = join(temporaryFolder(), 'moved');
    renameSync(root, moved);
    expect((await planRefresh(moved)).changes).toEqual([]);
  });

  it('of a person keeps its name, also when the others are derived beside it', async () => {
    root = makeRepository({
      'package.json': acme('acme'),
      'rhema.yaml': 'name: acme\nscope_type: repository\n',
      'a/package.json': manifest('a'),
    });
    await init(root, { derive: true });
    write(root, { 'package.json': acme('other') });
    expect((await planRefresh(root)).changes).toEqual([]);
  });
});

describe('what a person wrote', () => {
  it('stays when dependencies beside it come and go', async () => {
    edit('c/rhema.yaml', (text) =>
      text
        .replace('name: c\n', 'name: "the c" # mine\ndescription: >\n  folded\n  text\n')
        .replace(
          'dependencies:\n',
          'dependencies:\n  # by hand\n  - path: ../d\n    dependency_type: data\n',
        ),
    );
    write(root, { 'd/package.json': manifest('d'), 'c/package.json': manifest('c', 'b') });
    const before = read('c/rhema.yaml');
    const plan = await refresh(root);
    const gone = '  - path: ../a\n    dependency_type: required\n';
    expect(read('c/rhema.yaml')).toBe(before.replace(gone, '').replace('    - ../a\n', ''));
    expect(graph(plan)['c']).toEqual(['b', 'd']);
  });

  it('stays in files with other line ends', async () => {
    edit('c/rhema.yaml', (text) => `${text}# mine\n`.replaceAll('\n', '\r\n'));
    write(root, { 'd/package.json': manifest('d'), 'c/package.json': manifest('c', 'a', 'b', 'd') });
    await refresh(root);
    expect(read('c/rhema.yaml')).not.toMatch(/[^\r]\n/);
    expect(read('c/rhema.yaml')).toContain('# mine');
  });

  it('stays when lists were written in brackets', async () => {
    edit('c/rhema.yaml', (text) =>
      text
        .replace(
          /dependencies:\n( {2}- path.*\n {4}dependency_type.*\n)+/,
          'dependencies: [ ../a, { path: ../b, dependency_type: required } ]\n',
        )
        .replace(/dependencies:\n( {4}- .*\n)+/, 'dependencies: [../a, ../b]\n'),
    );
    write(root, { 'd/package.json': manifest('d'), 'c/package.json': manifest('c', 'd', 'b') });
    const plan = await refresh(root);
    expect(graph(plan)['c']).toEqual(['b', 'd']);
    expect(read('c/rhema.yaml')).toContain(
      'dependencies: [ { path: ../b, dependency_type: required }, { path: ../d, dependency_type: required } ]',
    );
  });

  it('stays when a part is gone: the file is named instead of removed', async () => {
    edit('c/rhema.yaml', (text) => text.replace('name: c', 'name: my c'));
    rmSync(join(root, 'c/package.json'));
    const plan = await refresh(root);
    expect(plan.changes).toEqual([]);
    expect(noticesOf(plan)).toEqual(['KEPT_BY_HAND c/rhema.yaml']);
    expect(graph(plan)['c']).toEqual(['a', 'b']);
  });

  it('is a dependency taken out: it is not put in again', async () => {
    edit('c/rhema.yaml', (text) => text.replace('  - path: ../a\n    dependency_type: required\n', ''));
    const plan = await refresh(root);
    expect(plan.changes).toEqual([]);
    expect(graph(plan)['c']).toEqual(['b']);
  });

  it('is an entry with a remark: it stays when the code no longer needs it', async () => {
    edit('c/rhema.yaml', (text) => text.replace('- path: ../a\n', '- path: ../a # because of the schema\n'));
    write(root, { 'c/package.json': manifest('c', 'b') });
    const plan = await refresh(root);
    expect(noticesOf(plan)).toEqual(['KEPT_BY_HAND c/rhema.yaml:5']);
    expect(read('c/rhema.yaml')).toContain('- path: ../a # because of the schema\n');
    expect((await planRefresh(root)).changes).toEqual([]);
  });

  it('is an entry with a remark: it stays when the code has come to form a cycle with it', async () => {
    edit('c/rhema.yaml', (text) => text.replace('- path: ../a\n', '- path: ../a # because of the schema\n'));
    write(root, {
      'c/package.json': json({ name: 'c', devDependencies: { a: '*' } }),
      'a/package.json': manifest('a', 'c'),
    });
    const plan = await refresh(root);
    expect(graph(plan)).toMatchObject({ a: [], c: ['a'] });
    expect(read('c/rhema.yaml')).toContain('- path: ../a # because of the schema\n');
  });

  it('is a scope without the mark: it is never changed', async () => {
    write(root, {
      'd/package.json': manifest('d', 'a'),
      'd/rhema.yaml': 'name: mine\ndependencies: [../c]\n',
    });
    const plan = await refresh(root);
    expect(plan.changes).toEqual([]);
    expect(graph(plan)['d']).toEqual(['c']);
  });

  it('is the configuration: it stays byte for byte', async () => {
    edit('rhema.yaml', (text) =>
      text.replace(/  enabled: true.*\n/, '  enabled: true   # yes\n  lock_timeout: 5m\n'),
    );
    write(root, { 'package.json': json({ name: 'acme', workspaces: ['*'], dependencies: { c: '*' } }) });
    const plan = await refresh(root);
    expect(changesOf(plan)).toEqual(['change rhema.yaml']);
    expect(read('rhema.yaml')).toContain('  enabled: true   # yes\n  lock_timeout: 5m\n');
    expect(graph(plan)['.']).toEqual(['c']);
    expect((await planRefresh(root)).changes).toEqual([]);
  });

  it('is a file that cannot be read: it is named, and nothing of it is lost', async () => {
    edit('c/rhema.yaml', (text) => `${text}<<<<<<< ours\n`);
    const before = read('c/rhema.yaml');
    const plan = await planRefresh(root);
    expect(plan.changes).toEqual([]);
    expect(plan.problems).toMatchObject([{ code: 'MERGE_CONFLICT', file: 'c/rhema.yaml' }]);
    expect(read('c/rhema.yaml')).toBe(before);
  });
});
