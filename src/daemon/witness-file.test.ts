import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { asRevision } from '../core/index.ts';
import { WitnessFile } from './witness-file.ts';
import { folderOfTest } from '../../test/support/folder.ts';

let folder: string;
let path: string;
const troubles: string[] = [];
const open = (): WitnessFile => new WitnessFile(path, (message) => troubles.push(message));
const seen = (last: number) => ({ log: 'c0ffee', last: asRevision(last) });

beforeEach(() => {
  folder = folderOfTest('rhema-witness-');
  path = join(folder, 'rhema.last');
  troubles.length = 0;
});

test('what was noted last is read by the next process, and the file is for its user only', () => {
  const witness = open();
  expect(witness.read()).toBeNull();
  for (const last of [1_000_000, 7, 9_007_199_254_740_991]) witness.note(seen(last));
  expect(open().read()).toEqual(seen(9_007_199_254_740_991));
  witness.note(seen(8));
  witness.close();
  witness.close();
  expect(open().read()).toEqual(seen(8));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  ['removed', (): void => rmSync(path)],
  ['replaced by an older one', (): void => renameSync(join(folder, 'older'), path)],
])('a file that was %s while it was open is written again', (_how, disturb) => {
  const witness = open();
  witness.note(seen(7));
  copyFileSync(path, join(folder, 'older'));
  witness.note(seen(8));
  disturb();
  witness.note(seen(9));
  expect(open().read()).toEqual(seen(9));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(troubles).toEqual([]);
  witness.close();
});

test('what is in the place of a file that was removed is not written through, and that is told once', () => {
  const witness = open();
  const target = join(folder, 'target');
  writeFileSync(target, 'mine');
  rmSync(path);
  symlinkSync(target, path);
  for (const last of [7, 8]) witness.note(seen(last));
  expect(readFileSync(target, 'utf8')).toBe('mine');
  expect(troubles).toEqual([expect.stringContaining('cannot be written')]);
  rmSync(path);
  witness.note(seen(9));
  expect(open().read()).toEqual(seen(9));
});

test.each([
  ['changed', (text: string) => text.replace(' 7 ', ' 6 ')],
  ['cut', (text: string) => text.slice(0, 20)],
  ['emptied', () => ''],
])('a file that was %s is told, and not taken for one that was never written', (_how, damage) => {
  open().note(seen(7));
  writeFileSync(path, damage(readFileSync(path, 'utf8')));
  const witness = open();
  expect(witness.read()).toBe('unreadable');
  expect(troubles).toEqual([expect.stringContaining('is damaged')]);
  witness.note(seen(8));
  expect(open().read()).toEqual(seen(8));
});

test('a file that was made, and not written since, says that nothing was seen', () => {
  open().close();
  expect(open().read()).toBeNull();
  expect(troubles).toEqual([]);
});

test('a link is not followed', () => {
  const target = join(folder, 'target');
  writeFileSync(target, 'mine');
  symlinkSync(target, path);
  expect(open).toThrow(/symbolic link/);
  expect(readFileSync(target, 'utf8')).toBe('mine');
});
