import { lchownSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from './coordinator.ts';
import { statePaths, type StatePaths } from './paths.ts';
import { temporaryFolder } from './testing/folder.ts';

const stranger = 54_322;
let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;
let server: Server;
let callers = 0;

beforeEach(async () => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
  callers = 0;
  mkdirSync(paths.directory, { mode: 0o700 });
  server = createServer(() => (callers += 1));
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
});
afterEach(() => {
  server.close();
  folder.remove();
});

/** Nobody is connected to, and the refusal says of what. */
async function expectNotDialled(path: string, problem: string): Promise<void> {
  const dialled = connect({ commonDir: folder.path, version: '1.0.0', startOwner: null });
  const message = expect.stringContaining(`${path} ${problem}`) as string;
  await expect(dialled).rejects.toMatchObject({ code: 'PERMISSION', message });
  expect(callers).toBe(0);
}

it('a socket behind a symbolic link is not dialled', async () => {
  const elsewhere = join(folder.path, 'elsewhere');
  renameSync(paths.socket, elsewhere);
  symlinkSync(elsewhere, paths.socket);
  await expectNotDialled(paths.socket, 'is a symbolic link');
});

describe.runIf(process.geteuid?.() === 0)('of another user', () => {
  it('a socket is not dialled', async () => {
    lchownSync(paths.socket, stranger, stranger);
    await expectNotDialled(paths.socket, 'belongs to another user');
  });

  it('a folder with a socket in it is not looked into', async () => {
    lchownSync(paths.directory, stranger, stranger);
    await expectNotDialled(paths.directory, 'belongs to another user');
  });
});
