import type * as fs from 'node:fs';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readRegularFile, readRegularFileAsync, type ReadOptions, type RegularFile } from './regular-file.ts';
import { temporaryFolder } from '../testing/fixture.ts';
import { makePipe } from '../testing/pipe.ts';

/** A disk may give less than it is asked for: here never more than this many bytes. */
const givenMax = 2;

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const readSync = (file: number, bytes: Buffer, offset: number, length: number): number =>
    real.readSync(file, bytes, offset, Math.min(length, givenMax), null);
  return { ...real, readSync };
});
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  const open = async (path: string, flags: number): Promise<object> => {
    const file = await real.open(path, flags);
    return {
      stat: () => file.stat(),
      close: () => file.close(),
      read: (bytes: Buffer, offset: number, length: number) =>
        file.read(bytes, offset, Math.min(length, givenMax), null),
    };
  };
  return { ...real, open };
});

let folder = '';
beforeEach(() => (folder = temporaryFolder()));
const at = (name: string): string => join(folder, name);

type Read = (path: string, options?: ReadOptions) => RegularFile | Promise<RegularFile>;

describe.each<[string, Read]>([
  ['at once', readRegularFile],
  ['while others go on', readRegularFileAsync],
])('%s', (_title, read) => {
  it('gives the bytes of a file', async () => {
    const bytes = Buffer.from([0, 0xff, 0x0a, 1, 2]);
    writeFileSync(at('file'), bytes);
    expect(await read(at('file'))).toEqual({ ok: true, bytes });
    writeFileSync(at('empty'), '');
    expect(await read(at('empty'))).toEqual({ ok: true, bytes: Buffer.alloc(0) });
  });

  it('reads up to the bound, and nothing of a file that has one byte more', async () => {
    writeFileSync(at('file'), 'abcd');
    expect(await read(at('file'), { bytesMax: 4 })).toMatchObject({ ok: true });
    expect(await read(at('file'), { bytesMax: 3 })).toEqual({
      ok: false,
      kind: 'tooLarge',
      problem: 'it has 4 bytes, at most 3 are read',
    });
  });

  it('follows a link only where that is asked for', async () => {
    writeFileSync(at('file'), 'text');
    symlinkSync('file', at('link'));
    expect(await read(at('link'))).toMatchObject({ ok: false, kind: 'link' });
    expect(await read(at('link'), { followLink: true })).toMatchObject({ ok: true });
  });

  it.each(['nothing', 'file/inside'])('says that %s is gone', async (name) => {
    writeFileSync(at('file'), '');
    expect(await read(at(name))).toMatchObject({ ok: false, kind: 'gone' });
  });

  it('reads no folder and no pipe, and waits for nobody', async () => {
    mkdirSync(at('folder'));
    makePipe(at('pipe'), 'text');
    for (const name of ['folder', 'pipe'])
      expect(await read(at(name))).toMatchObject({ ok: false, kind: 'notRegular' });
  });

  it('reads no socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    expect(await read(at('socket'))).toMatchObject({ ok: false, kind: 'notRegular' });
    await new Promise((resolve) => server.close(resolve));
  });
});
