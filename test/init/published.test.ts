/** Packages that would be published with their scope files, held against npm itself. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { makeRepository, write, type Files } from '../../src/repository/testing/fixture.ts';
import { init, json, noticesOf, planInit, planRefresh } from './support.ts';

const published = (more: object = {}): string => json({ name: 'acme', version: '1.0.0', ...more });
const code: Files = { 'index.js': '', 'lib/a.js': '', 'lib/deep/b.js': '', 'docs/index.md': '' };

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

/** The scope files that npm would publish. */
function packed(root: string): string[] {
  const npm = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'];
  const output = execFileSync('npm', npm, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [only] = JSON.parse(output) as Packed[];
  return (only?.files ?? []).flatMap(({ path }) => (path.endsWith('rhema.yaml') ? [path] : []));
}

describe('a package that npm would publish with its scope files', () => {
  it('is named, with the way to keep them out', async () => {
    const root = makeRepository({ ...code, 'package.json': published() });
    const { notices } = await init(root);
    expect(notices).toMatchObject([{ code: 'PUBLISHED', severity: 'warning', file: 'package.json' }]);
    expect(notices[0]?.message).toBe(
      'npm pack would take rhema.yaml and 2 more scope files along: make a file .npmignore with the line rhema.yaml',
    );
    expect(packed(root)).toEqual(['docs/rhema.yaml', 'lib/rhema.yaml', 'rhema.yaml']);
    write(root, { '.npmignore': 'rhema.yaml\n' });
    expect(packed(root)).toEqual([]);
    expect(noticesOf(await planRefresh(root))).toEqual([]);
  });

  it.each<[string, Files, string | null]>([
    ['all', { 'package.json': published() }, 'make a file .npmignore with'],
    ['all but what Git ignores', { 'package.json': published(), '.gitignore': 'x\n' }, 'copy .gitignore to'],
    ['more than it ignores', { 'package.json': published(), '.npmignore': '/docs/\n' }, 'to .npmignore'],
    ['no scope file', { 'package.json': published(), '.npmignore': '# ours\n**/rhema.yaml\n' }, null],
    [
      'one again',
      { 'package.json': published(), '.npmignore': 'rhema.yaml\n!/lib/rhema.yaml\n' },
      'lib/rhema',
    ],
    [
      'a folder',
      { 'package.json': published({ files: ['./lib/'] }) },
      'take lib/rhema.yaml along: add "!**/r',
    ],
    ['files in folders', { 'package.json': published({ files: ['lib/**'] }) }, 'to its "files"'],
    ['a kind of file', { 'package.json': published({ files: ['*.js', 'lib/*.js'] }) }, null],
    ['no scope file of a folder', { 'package.json': published({ files: ['lib', '!**/rhema.yaml'] }) }, null],
    ['none of that name', { 'package.json': published({ files: ['lib', 'docs', '!rhema.yaml'] }) }, null],
  ])('as npm says: %s', async (_title, files, said) => {
    const root = makeRepository({ ...code, ...files });
    const told = (await init(root)).notices.map(({ message }) => message);
    expect(told).toEqual(said === null ? [] : [expect.stringContaining(said)]);
    expect(packed(root).length > 0).toBe(said !== null);
  });

  it('is none that is private, has no version, or is a sample; and a member of a workspace is packed by itself', async () => {
    const root = makeRepository({
      'package.json': published({ workspaces: ['packages/*'], files: ['packages'] }),
      'packages/a/package.json': published({ private: true }),
      'packages/b/package.json': json({ name: 'b' }),
      'packages/c/package.json': json({ name: 'c', version: '1.0.0' }),
      'test/fixtures/x/package.json': published(),
    });
    expect(noticesOf(await planInit(root))).toEqual(['PUBLISHED packages/c/package.json']);
  });

  it('is named in a few cases, and counted in the others', async () => {
    const members = Array.from({ length: 5 }, (_, index) => [
      `p${index}/package.json`,
      json({ name: `p${index}`, version: '1.0.0' }),
    ]);
    const root = makeRepository({
      'package.json': json({ private: true, workspaces: ['*'] }),
      ...(Object.fromEntries(members) as Files),
    });
    const { notices } = await planInit(root);
    expect(notices).toHaveLength(4);
    expect(notices[3]?.message).toBe(
      '2 more packages would be published with their scope files, for the same reason',
    );
  });
});
