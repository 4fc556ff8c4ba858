/** What becomes of generated entries whose file was moved, or whose target is gone. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitAll, git, makeRepository, write } from '../../src/repository/testing/fixture.ts';
import { runHere, type Run } from './run.ts';
import { changesOf, graph, json, planRefresh, refresh } from './support.ts';

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  json({ name, dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])) });

let root = '';
const rhema = (...words: readonly string[]): Promise<Run> => runHere(root, words);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(root, file), change(read(file)));

async function begin(files: Record<string, string>): Promise<void> {
  root = makeRepository(files);
  await rhema('init', '--yes', '--layout', 'files');
  commitAll(root);
}

function move(from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  git(root, 'mv', from, to);
}

describe('a package that was moved to a folder nearer to the top', () => {
  beforeEach(() =>
    begin({
      'package.json': json({ name: 'acme', workspaces: ['apps/**', 'packages/*'] }),
      'apps/group/web/package.json': manifest('web', 'ui'),
      'packages/ui/package.json': manifest('ui'),
    }),
  );

  it('has its entries rewritten by refresh, and by init', async () => {
    move('apps/group/web', 'apps/web');
    const checked = await rhema('scope', 'refresh', '--check');
    expect([checked.code, checked.stderr]).toEqual([
      3,
      expect.stringContaining('change apps/web/rhema.yaml'),
    ]);
    expect((await rhema('init', '--dry-run')).code).toBe(0);
    expect(await rhema('scope', 'refresh', '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(read('apps/web/rhema.yaml').match(/\.\.\/\.\.\/packages\/ui/g)).toHaveLength(2);
    expect(read('apps/web/rhema.yaml')).not.toContain('../../../');
    expect((await rhema('scope', 'refresh', '--check')).code).toBe(0);
  });

  it('keeps what a person added to its file', async () => {
    edit('apps/group/web/rhema.yaml', (text) => `${text}# mine\n`);
    move('apps/group/web', 'apps/web');
    expect(await rhema('scope', 'refresh', '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(read('apps/web/rhema.yaml')).toMatch(/\.\.\/\.\.\/packages\/ui[^]*# mine\n$/);
    expect(read('apps/web/rhema.yaml')).not.toContain('../../../');
    expect((await rhema('scope', 'refresh', '--check')).code).toBe(0);
  });

  it.each([
    ['an entry that a person wrote', (text: string) => text.replace(/ {4}- .*packages\/ui\n/, '')],
    [
      'an entry that a person added to',
      (text: string) => text.replace('    dependency_type', '    why: x\n$&'),
    ],
  ])('stops refresh where %s leads out of the repository', async (_title, change) => {
    edit('apps/group/web/rhema.yaml', change);
    move('apps/group/web', 'apps/web');
    const before = read('apps/web/rhema.yaml');
    const { code, stderr } = await rhema('scope', 'refresh', '--yes');
    expect([code, stderr]).toEqual([3, expect.stringContaining('leads out of the repository')]);
    expect(read('apps/web/rhema.yaml')).toBe(before);
  });

  it('has the entry dropped while its own manifest is broken', async () => {
    move('apps/group/web', 'apps/web');
    write(root, { 'apps/web/package.json': '<<<<<<<' });
    expect((await rhema('scope', 'refresh', '--yes')).code).toBe(0);
    write(root, { 'apps/web/package.json': manifest('web', 'ui') });
    expect(graph(await refresh(root))['apps/web']).toEqual(['packages/ui']);
  });
});

describe('a package that was deleted while nothing may be taken away', () => {
  beforeEach(() =>
    begin({
      'package.json': json({ name: 'acme', workspaces: ['*'] }),
      'a/package.json': manifest('a', 'b', 'c'),
      'b/package.json': manifest('b'),
      'c/package.json': manifest('c'),
      'd/package.json': manifest('d'),
    }),
  );

  it.each([
    ['', (): void => undefined],
    [', also where the file was edited', () => edit('a/rhema.yaml', (text) => `${text}# mine\n`)],
  ])('has its entries dropped in a sparse checkout%s', async (_title, change) => {
    change();
    commitAll(root);
    git(root, 'sparse-checkout', 'set', 'a', 'b');
    git(root, 'rm', '--quiet', '-r', 'b');
    expect((await rhema('scope', 'refresh', '--yes')).code).toBe(0);
    expect(read('a/rhema.yaml')).not.toContain('../b');
    expect(read('a/rhema.yaml').match(/\.\.\/c/g)).toHaveLength(2);
    expect(changesOf(await planRefresh(root))).toEqual([]);
  });

  it.each(['d', 'a'])('has its entries dropped while the manifest of %s is broken', async (broken) => {
    write(root, { [`${broken}/package.json`]: '<<<<<<<' });
    rmSync(join(root, 'b'), { recursive: true });
    expect((await rhema('scope', 'refresh', '--yes')).code).toBe(0);
    expect(read('a/rhema.yaml')).not.toContain('../b');
    expect(read('a/rhema.yaml').match(/\.\.\/c/g)).toHaveLength(2);
    write(root, { 'a/package.json': manifest('a', 'c'), 'd/package.json': manifest('d') });
    expect(changesOf(await planRefresh(root))).toEqual([]);
  });

  it('still stops refresh where a person wrote the entry', async () => {
    write(root, { 'd/package.json': '<<<<<<<', 'c/rhema.yaml': 'name: c\ndependencies:\n  - ../b\n' });
    rmSync(join(root, 'b'), { recursive: true });
    const { code, stderr } = await rhema('scope', 'refresh', '--yes');
    expect([code, stderr]).toEqual([3, expect.stringContaining('c/rhema.yaml:3:5: error')]);
    expect(read('a/rhema.yaml')).toContain('../b');
  });
});
