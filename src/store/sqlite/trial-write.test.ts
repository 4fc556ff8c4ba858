import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { whyNoFile } from './trial-write.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

let folder: string;
beforeEach(() => (folder = folderOfTest('rhema-trial-')));

it('leaves nothing behind where a file can be written', () => {
  expect(whyNoFile(folder)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

it('says why none can', () => {
  expect(whyNoFile(join(folder, 'gone'))).toBe('ENOENT');
});
