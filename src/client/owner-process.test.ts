import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { protocolNumber } from '../protocol/index.ts';
import { SocketCoordinator } from './coordinator.ts';
import { visibleOwner } from './owner-process.ts';
import { ensurePrivateDirectory, statePaths, type StatePaths } from './paths.ts';
import { identityOf, isRunning } from './process-identity.ts';
import { temporaryFolder } from './testing/folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;
let child: ChildProcess | null = null;
let server: Server | null = null;
beforeEach(() => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
  ensurePrivateDirectory(paths.directory);
  writeFileSync(paths.database, '');
});
afterEach(() => {
  child?.kill('SIGKILL');
  server?.close();
  [child, server] = [null, null];
  folder.remove();
});

/** A process that lives on; it may have the log open. */
async function startProcess(hasLog: boolean): Promise<number> {
  const log = openSync(paths.database, 'r');
  child = spawn('sleep', ['600'], { stdio: hasLog ? [log] : 'ignore' });
  closeSync(log);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

/** Says that it is that process, and hangs up when it is asked to leave. */
async function listenAs(
  pid: number,
  { callTimeoutMs = 60_000, afterwards = (): void => {} } = {},
): Promise<SocketCoordinator> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    const say = (message: object): boolean => socket.write(`${JSON.stringify(message)}\n`);
    say({ op: 'hello', protocol: protocolNumber, version: '1.0.0', pid });
    createInterface({ input: socket }).on('line', (line) => {
      const { id, op } = JSON.parse(line) as { id: number; op: string };
      if (op !== 'stop') return;
      say({ id, ok: { stopping: true } });
      socket.end(afterwards);
    });
  });
  server.listen(paths.socket);
  await once(server, 'listening');
  return new SocketCoordinator({
    commonDir: folder.path,
    version: '1.0.0',
    startOwner: null,
    callTimeoutMs,
  });
}

const onLinux = process.platform === 'linux';

it('a process that has the log open is its owner, and no other is taken for it', async () => {
  const pid = await startProcess(true);
  expect(visibleOwner(pid, paths.database)).toMatchObject({ pid });
  expect(visibleOwner(process.pid, paths.database)).toBeNull();
});

it.runIf(onLinux)('a process that only has the number of an owner elsewhere is not waited for', async () => {
  const pid = await startProcess(false);
  expect(visibleOwner(pid, paths.database)).toBeNull();
  const owner = await listenAs(pid);
  expect(await owner.stopOwner('now')).toEqual({ stopping: true });
});

it('an owner that hangs up but goes on running is no success', async () => {
  const owner = await listenAs(await startProcess(true), { callTimeoutMs: 1_500 });
  await expect(owner.stopOwner('now')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('still runs') as string,
  });
});

it('an owner that ends after it has hung up is waited for', async () => {
  const pid = await startProcess(true);
  const owner = await listenAs(pid, { afterwards: () => child?.kill('SIGTERM') });
  expect(await owner.stopOwner('now')).toEqual({ stopping: true });
  expect(isRunning(identityOf(pid))).toBe(false);
});
