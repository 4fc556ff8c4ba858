import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readRegularFile } from './regular-file.ts';
import { temporaryFolder } from './testing/fixture.ts';
import { makePipe } from './testing/pipe.ts';

let folder = '';
beforeEach(() => (folder = temporaryFolder()));
const at = (name: string): string => join(folder, name);

it('gives the bytes of a file', () => {
  const bytes = Buffer.from([0, 0xff, 0x0a]);
  writeFileSync(at('file'), bytes);
  expect(readRegularFile(at('file'))).toEqual({ ok: true, bytes });
  writeFileSync(at('empty'), '');
  expect(readRegularFile(at('empty'))).toEqual({ ok: true, bytes: Buffer.alloc(0) });
});

it('reads up to the bound, and nothing of a file that has one byte more', () => {
  writeFileSync(at('file'), 'abcd');
  expect(readRegularFile(at('file'), { bytesMax: 4 })).toMatchObject({ ok: true });
  expect(readRegularFile(at('file'), { bytesMax: 3 })).toEqual({
    ok: false,
    kind: 'tooLarge',
    problem: 'it has 4 bytes, at most 3 are read',
  });
});

it('follows a link only where that is asked for', () => {
  writeFileSync(at('file'), 'text');
  symlinkSync('file', at('link'));
  expect(readRegularFile(at('link'))).toMatchObject({ ok: false, kind: 'link' });
  expect(readRegularFile(at('link'), { followLink: true })).toMatchObject({ ok: true });
});

it.each(['nothing', 'file/inside'])('says that %s is gone', (name) => {
  writeFileSync(at('file'), '');
  expect(readRegularFile(at(name))).toMatchObject({ ok: false, kind: 'gone' });
});

it('reads no folder and no pipe, and waits for nobody', () => {
  mkdirSync(at('folder'));
  makePipe(at('pipe'), 'text');
  for (const name of ['folder', 'pipe'])
    expect(readRegularFile(at(name))).toMatchObject({ ok: false, kind: 'notRegular' });
});

it('reads no socket', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
  expect(readRegularFile(at('socket'))).toMatchObject({ ok: false, kind: 'notRegular' });
  await new Promise((resolve) => server.close(resolve));
});
