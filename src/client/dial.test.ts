import { lchownSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOfFolder } from '../files/index.ts';
import { protocolNumber } from '../protocol/index.ts';
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

/** What a client says first to an owner that says that its log is in this folder; null: one that does not say. */
async function toldTo(owner: string | null): Promise<string> {
  const told = new Promise<string>((resolve) => {
    server.once('connection', (socket: Socket) => {
      socket.once('data', (chunk) => resolve(chunk.toString()));
      const where = owner === null ? {} : { folder: owner };
      const hello = { op: 'hello', protocol: protocolNumber, version: '1.0.0', pid: 4711, ...where };
      socket.write(`${JSON.stringify(hello)}\n`);
    });
  });
  const coordinator = await connect({ commonDir: folder.path, version: '1.0.0', startOwner: null });
  await coordinator.close();
  return told;
}

describe('an owner that says where its log is', () => {
  it('is spoken to where that is here, and so is an earlier one that does not say', async () => {
    expect(await toldTo(identityOfFolder(paths.directory))).toContain('hello');
    expect(await toldTo(null)).toContain('hello');
  });

  it('is not spoken to in a copy by hard links, which has its socket too', async () => {
    const original = identityOfFolder(folder.path);
    const message = expect.stringMatching(/of another repository.*cp -al.*: mv \S+ \S+ && cp -a /) as string;
    await expect(toldTo(original)).rejects.toMatchObject({ code: 'PERMISSION', message });
  });
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
