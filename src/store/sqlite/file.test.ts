import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FileIdentity } from './file.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

const suffixes = ['', '-wal', '-shm'];
let path: string;

beforeEach(() => {
  path = `${folderOfTest('rhema-file-')}/log`;
  for (const suffix of suffixes) writeFileSync(`${path}${suffix}`, '');
  writeFileSync(`${path}-other`, '');
});

/** The folder's time counts in ticks: what changes it again within one may leave it as it is. */
function untilAnotherTick(): void {
  const folder = dirname(path);
  const before = statSync(folder).ctimeMs;
  while (statSync(folder).ctimeMs === before) {
    writeFileSync(`${path}-tick`, '');
    rmSync(`${path}-tick`);
  }
}

describe.each([
  ['has just changed', () => statSync(dirname(path)).ctimeMs + 1],
  ['has been as it is for long', () => statSync(dirname(path)).ctimeMs + 10_000],
])('where the folder %s', (_when, wallMs) => {
  test.each(suffixes)('a file that is removed is noticed at once: log%s', (suffix) => {
    const files = new FileIdentity(path, wallMs);
    for (let look = 0; look < 3; look += 1) files.refuseIfReplaced();
    untilAnotherTick();
    rmSync(`${path}${suffix}`);
    for (let look = 0; look < 3; look += 1)
      expect(() => files.refuseIfReplaced()).toThrow('removed or replaced');
  });

  test('so is one that another is renamed to, and what else happens there is nothing', () => {
    const files = new FileIdentity(path, wallMs);
    files.refuseIfReplaced();
    untilAnotherTick();
    files.refuseIfReplaced();
    renameSync(`${path}-other`, `${path}-wal`);
    expect(() => files.refuseIfReplaced()).toThrow('removed or replaced');
  });
});
