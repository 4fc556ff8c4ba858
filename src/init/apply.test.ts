import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyChanges } from './apply.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rhema-apply-'));
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a/rhema.yaml'), 'old\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

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

it('keeps the rights of a file', () => {
  chmodSync(join(root, 'a/rhema.yaml'), 0o640);
  applyChanges(root, [{ file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' }]);
  expect(statSync(join(root, 'a/rhema.yaml')).mode & 0o777).toBe(0o640);
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

it.each([
  ['a symlink that leads nowhere', () => symlinkSync('nowhere', join(root, 'rhema.yaml'))],
  ['no file', () => mkdirSync(join(root, 'rhema.yaml'))],
])('names a place that is taken by %s', (what, take) => {
  take();
  expect(() => applyChanges(root, [{ file: 'rhema.yaml', before: null, after: 'top\n' }])).toThrow(
    `rhema.yaml is ${what}: nothing was written, remove it first`,
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

it('undoes what it has done when a later step fails', () => {
  writeFileSync(join(root, 'gone.yaml'), 'gone\n');
  const removal = { file: 'gone.yaml', before: 'gone\n', after: null };
  const changes = [
    { file: 'rhema.yaml', before: null, after: 'top\n' },
    { file: 'a/rhema.yaml', before: 'old\n', after: 'new\n' },
    removal,
    // There is nothing left to remove: this step fails when all others are done.
    removal,
  ];
  expect(() => applyChanges(root, changes)).toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
  expect(files()).toEqual(['a/rhema.yaml', 'gone.yaml']);
  expect([read('a/rhema.yaml'), read('gone.yaml')]).toEqual(['old\n', 'gone\n']);
});
