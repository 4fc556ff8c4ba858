import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../repository/testing/fixture.ts';
import { makePipe } from '../../repository/testing/pipe.ts';
import { fileDigest } from './file-digest.ts';

let folder = '';
beforeEach(() => (folder = temporaryFolder()));
const at = (name: string): string => join(folder, name);

it('is that of the bytes of a file', () => {
  const bytes = Buffer.alloc(3_000_000, 'x\u00e9');
  writeFileSync(at('file'), bytes);
  expect(fileDigest(at('file'), 'file')).toBe(createHash('sha256').update(bytes).digest('hex'));
});

it.each(['nothing', 'file/inside'])('is none where there is no file: %s', (name) => {
  writeFileSync(at('file'), '');
  expect(fileDigest(at(name), name)).toBeNull();
});

it.each([
  ['a folder', 'it is not a regular file; name a file', () => mkdirSync(at('it'))],
  ['a pipe', 'it is not a regular file; name a file', () => makePipe(at('it'), 'x')],
  ['a symlink', 'name a file', () => symlinkSync('file', at('it'))],
  [
    'too large',
    'it has 67108865 bytes, at most 67108864 are read; name a file',
    () => {
      writeFileSync(at('it'), '');
      truncateSync(at('it'), 64 * 1024 * 1024 + 1);
    },
  ],
])('is refused with the name and a remedy for what is %s', (_what, reason, make) => {
  make();
  expect(() => fileDigest(at('it'), 'docs/it')).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      details: { path: 'path' },
      message: expect.stringMatching(`^path: "docs/it" cannot be recorded: .*${reason}`) as string,
    }),
  );
});
