import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePipe } from '../../repository/testing/pipe.ts';
import { applyChanges, checkChanges } from './apply.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

let root = '';
beforeEach(() => {
  root = folderOfTest('rhema-apply-');
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a/rhema.yaml'), 'old\n');
});

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const files = (): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

it('adds, changes and removes files, and leaves nothing else behind', () => {
  writeFileSync(join(root, 'gone.yaml'), 'gone\n');
  applyChanges(root, [
    { file: 'rhema.yaml', before: null, after: 'top\n' },
    { file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' },
    { file: 'gone.yaml', before: 'gone\n', after: null },
  ]);
  expect(files()).toEqual(['a/rhema.yaml', 'rhema.yaml']);
  expect([read('rhema.yaml'), read('a/rhema.yaml')]).toEqual(['top\n', 'new\n']);
});

const modeOf = (file: string): number => statSync(join(root, file)).mode & 0o777;

describe.runIf(process.geteuid?.() === 0)('root in the working tree of a user', () => {
  const user = 54_322;
  const ownerOf = (file: string): number => statSync(join(root, file)).uid;
  beforeEach(() => {
    for (const path of ['.', 'a', 'a/rhema.yaml']) lchownSync(join(root, path), user, user);
  });

  it('gives that user the files and folders that it makes, and leaves him those that it changes', () => {
    lchownSync(join(root, 'a'), 0, 0);
    applyChanges(root, [
      { file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' },
      { file: 'b/c/rhema.yaml', before: null, after: 'new\n' },
    ]);
    for (const file of ['a/rhema.yaml', 'b', 'b/c', 'b/c/rhema.yaml'])
      expect([file, ownerOf(file)]).toEqual([file, user]);
  });
});

describe('the rights of a file', () => {
  let mask = 0;
  beforeEach(() => (mask = process.umask(0o022)));
  afterEach(() => void process.umask(mask));

  it.each([0o640, 0o664])('are kept: %i', (mode) => {
    chmodSync(join(root, 'a/rhema.yaml'), mode);
    applyChanges(root, [{ file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' }]);
    expect([read('a/rhema.yaml'), modeOf('a/rhema.yaml')]).toEqual(['new\n', mode]);
  });

  it('are those of any new file where there was none', () => {
    applyChanges(root, [{ file: 'new.yaml', before: null, after: 'new\n' }]);
    expect(modeOf('new.yaml')).toBe(0o644);
  });
});

it.each([
  ['was changed', { file: 'a/rhema.yaml', before: 'older\n', after: 'new\n' }, 'CHANGED_MEANWHILE'],
  ['is gone', { file: 'a/scope.yaml', before: 'old\n', after: 'new\n' }, 'CHANGED_MEANWHILE'],
  [
    'is there although Git does not show it',
    { file: 'a/rhema.yaml', before: null, after: 'new\n' },
    'CHANGED_MEANWHILE',
  ],
  [
    'lies behind a link that leads out',
    { file: 'out/rhema.yaml', before: null, after: 'new\n' },
    'OUTSIDE_REPOSITORY',
  ],
])('writes nothing at all when one file %s', (_title, change, code) => {
  symlinkSync(tmpdir(), join(root, 'out'));
  const before = files();
  expect(() => applyChanges(root, [{ file: 'rhema.yaml', before: null, after: 'top\n' }, change])).toThrow(
    expect.objectContaining({ code }),
  );
  expect(files()).toEqual(before);
  expect(read('a/rhema.yaml')).toBe('old\n');
});

const location = (): string => join(root, 'b/rhema.yaml');
const folder = (): string => join(root, 'b');

it.each([
  [
    'a symlink that leads nowhere',
    'b/rhema.yaml',
    () => (mkdirSync(folder()), symlinkSync('no', location())),
  ],
  [
    'a symlink that leads nowhere',
    'b/rhema.yaml',
    () => (mkdirSync(folder()), symlinkSync('rhema.yaml', location())),
  ],
  ['no file', 'b/rhema.yaml', () => mkdirSync(location(), { recursive: true })],
  ['no file', 'b/rhema.yaml', () => (mkdirSync(folder()), symlinkSync('../a', location()))],
  ['a symlink that leads nowhere', 'b', () => symlinkSync('nowhere', folder())],
  ['no folder', 'b', () => writeFileSync(folder(), '')],
])('names a place that is taken: %s at %s', (what, taken, take) => {
  take();
  const before = files();
  const change = { file: 'b/rhema.yaml', before: null, after: 'new\n' };
  for (const run of [applyChanges, checkChanges])
    expect(() => run(root, [change])).toThrow(`${taken} is ${what}: nothing was written, remove it first`);
  expect(files()).toEqual(before);
});

describe('a file that is a symlink', () => {
  let outside = '';
  beforeEach(() => {
    outside = folderOfTest('rhema-outside-');
    writeFileSync(join(outside, 'settings.json'), 'theirs\n');
  });

  it.each(['theirs\n', null])(
    'to one outside of the repository is refused, and that one stays: %j',
    (before) => {
      symlinkSync(join(outside, 'settings.json'), join(root, 'settings.json'));
      expect(() => applyChanges(root, [{ file: 'settings.json', before, after: 'ours\n' }])).toThrow(
        expect.objectContaining({
          code: 'OUTSIDE_REPOSITORY',
          message: expect.stringContaining('settings.json leads out of the working tree') as string,
        }),
      );
      expect(readFileSync(join(outside, 'settings.json'), 'utf8')).toBe('theirs\n');
      expect(readdirSync(outside)).toEqual(['settings.json']);
    },
  );

  it("to one of Git's own is refused", () => {
    mkdirSync(join(root, '.git'));
    writeFileSync(join(root, '.git/config'), 'x\n');
    symlinkSync('.git/config', join(root, 'settings.json'));
    expect(() => applyChanges(root, [{ file: 'settings.json', before: 'x\n', after: 'y\n' }])).toThrow(
      expect.objectContaining({ code: 'OUTSIDE_REPOSITORY' }),
    );
  });

  it('to another of the repository has that one replaced, and stays a symlink', () => {
    symlinkSync('a/rhema.yaml', join(root, 'rhema.yaml'));
    applyChanges(root, [{ file: 'rhema.yaml', before: 'old\n', after: 'new\n' }]);
    expect([read('a/rhema.yaml'), lstatSync(join(root, 'rhema.yaml')).isSymbolicLink()]).toEqual([
      'new\n',
      true,
    ]);
  });
});

it('makes the folders that are missing', () => {
  applyChanges(root, [{ file: '..b/c/rhema.yaml', before: null, after: 'new\n' }]);
  expect(read('..b/c/rhema.yaml')).toBe('new\n');
});

it.each([
  ['changed', 'new\n'],
  ['removed', null],
])('a file that is read-only is named instead of being %s', (_title, after) => {
  chmodSync(join(root, 'a/rhema.yaml'), 0o444);
  const changes = [
    { file: 'rhema.yaml', before: null, after: 'top\n' },
    { file: 'a/rhema.yaml', before: 'old\n', after },
  ];
  for (const run of [applyChanges, checkChanges])
    expect(() => run(root, changes)).toThrow(
      expect.objectContaining({
        code: 'READ_ONLY',
        message: 'a/rhema.yaml is read-only: nothing was written, chmod u+w it first',
      }),
    );
  expect(files()).toEqual(['a/rhema.yaml']);
});

it('takes no pipe for a file, even for one as empty as it was', () => {
  makePipe(join(root, 'rhema.yaml'), '');
  expect(() => applyChanges(root, [{ file: 'rhema.yaml', before: '', after: 'new\n' }])).toThrow(
    expect.objectContaining({ code: 'CHANGED_MEANWHILE' }),
  );
});

it('removes what a killed process has left beside a file, and nothing else', () => {
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  const alive = process.ppid;
  for (const name of [`rhema.yaml.${dead}.tmp`, `rhema.yaml.${alive}.tmp`, `other.yaml.${dead}.tmp`])
    writeFileSync(join(root, 'a', name), 'half');
  applyChanges(root, [{ file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' }]);
  expect(files()).toEqual([`a/other.yaml.${dead}.tmp`, 'a/rhema.yaml', `a/rhema.yaml.${alive}.tmp`]);
});

it.each([
  ['a symlink to the other', 'b/rhema.yaml', 'old\n', () => symlinkSync('../a/rhema.yaml', location())],
  ['behind a symlink to its folder', 'c/new.yaml', null, () => symlinkSync('a', join(root, 'c'))],
])('refuses two changes that land in one file: one is %s', (_title, file, before, link) => {
  mkdirSync(folder());
  link();
  const twin = { file: before === null ? 'a/new.yaml' : 'a/rhema.yaml', before, after: 'one\n' };
  for (const run of [applyChanges, checkChanges])
    expect(() => run(root, [twin, { file, before, after: 'two\n' }])).toThrow(
      expect.objectContaining({
        code: 'SAME_PLACE',
        message: expect.stringContaining(`${twin.file} and ${file} are one file`) as string,
      }),
    );
  expect(files().filter((name) => name.startsWith('a/'))).toEqual(['a/rhema.yaml']);
  expect(read('a/rhema.yaml')).toBe('old\n');
});
