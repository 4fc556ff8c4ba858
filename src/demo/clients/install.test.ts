import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { installed, type ClientPackage } from './install.ts';

const client: ClientPackage = { name: '@maker/client', version: '1.2.3', program: ['@maker', '*', 'client'] };
const asRoot = process.geteuid?.() === 0;
const stranger = 54_322;

let [temporary, cache] = ['', ''];
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'rhema-install-'));
  cache = join(temporary, `rhema-clients-${process.getuid?.() ?? 0}`);
  // Nothing is fetched here: where npm is asked, there is none.
  vi.stubEnv('TMPDIR', temporary);
  vi.stubEnv('PATH', temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

/** What would be run, in a folder that is or becomes the one where clients are kept. */
function plant(folder: string): string {
  const location = join(folder, '@maker+client@1.2.3/node_modules/@maker/native');
  mkdirSync(location, { recursive: true });
  writeFileSync(join(location, 'client'), '#!/bin/sh\n', { mode: 0o755 });
  return join(location, 'client');
}

const told = (): void => undefined;

it('a client that was fetched before is run from the folder of this user', async () => {
  mkdirSync(cache, { mode: 0o700 });
  const program = plant(cache);
  expect(await installed(client, told)).toBe(program);
});

it('a client that is not there is fetched, into a folder of this user only', async () => {
  await expect(installed(client, told)).rejects.toThrow('npm could not fetch @maker/client@1.2.3');
  expect(existsSync(join(cache, '@maker+client@1.2.3'))).toBe(true);
});

it.each<readonly [string, boolean, () => void]>([
  ['is a link', false, () => symlinkSync(join(temporary, 'elsewhere'), cache)],
  ['can be written by others', false, () => chmodSync(cache, 0o777)],
  ["is another user's", true, () => lchownSync(cache, stranger, stranger)],
  ['lies where others can move it away', false, () => chmodSync(temporary, 0o777)],
])('a client that lies there is not run when the folder %s', async (what, needsRoot, spoil) => {
  if (needsRoot && !asRoot) return;
  const isLink = what === 'is a link';
  mkdirSync(isLink ? join(temporary, 'elsewhere') : cache, { mode: 0o700 });
  plant(isLink ? join(temporary, 'elsewhere') : cache);
  spoil();
  await expect(installed(client, told)).rejects.toThrow('programs in it are not run: set TMPDIR');
});
