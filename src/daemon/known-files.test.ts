import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KnownFiles } from './known-files.ts';

let root: string;
let nowMs: number;
let known: KnownFiles;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'known-'));
  mkdirSync(join(root, 'api'));
  writeFileSync(join(root, 'api/rhema.yaml'), 'name: api\n');
  nowMs = 0;
  known = new KnownFiles(root, () => nowMs);
  const place = { scope: 'api', file: 'api/rhema.yaml', kind: 'rhema.yaml', position: null } as never;
  known.note({ places: new Map([['api' as never, place]]) });
  known.noteLook();
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  ['written anew', () => writeFileSync(join(root, 'api/rhema.yaml'), 'name: other\n')],
  ['removed', () => rmSync(join(root, 'api/rhema.yaml'))],
  ['begun at the top', () => writeFileSync(join(root, 'rhema.yaml'), 'name: top\n')],
])('a scope file that is %s after a look is seen at once, until the next look', (_how, touch) => {
  expect(known.areTouched()).toBe(false);
  touch();
  nowMs += 20;
  expect(known.areTouched()).toBe(true);
  known.noteLook();
  nowMs += 20;
  expect(known.areTouched()).toBe(false);
});

it('is not asked of the disk again within an instant', () => {
  expect(known.areTouched()).toBe(false);
  rmSync(join(root, 'api/rhema.yaml'));
  expect(known.areTouched()).toBe(false);
});
