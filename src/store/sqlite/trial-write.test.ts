import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whyNoFile } from './trial-write.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rhema-trial-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('leaves nothing behind where a file can be written', () => {
  expect(whyNoFile(folder)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

it('says why none can', () => {
  expect(whyNoFile(join(folder, 'gone'))).toBe('ENOENT');
});
