import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensurePrivateDirectory, statePaths } from '../client/index.ts';
import { deepFolder, temporaryFolder } from '../client/testing/folder.ts';
import { protocolNumber } from '../protocol/index.ts';
import type { CoordinatorServer } from './server.ts';
import { heartbeat, readyAtOnce, scriptedOwner, Stage } from './testing/stage.ts';

let folder: ReturnType<typeof temporaryFolder>;
let stage: Stage;
beforeEach(() => {
  folder = temporaryFolder();
  stage = new Stage(folder.path);
});
afterEach(async () => {
  await stage.end();
  folder.remove();
});

describe('the version handshake', () => {
  const newer = { version: '1.1.0', startOwner: scriptedOwner(readyAtOnce) };

  it('replaces an older owner that is idle', async () => {
    const leaving = { asked: false };
    const older: CoordinatorServer = await stage.serving({
      version: '1.0.0',
      onStop: () => {
        leaving.asked = true;
        older.stopListening();
        void stage.serving({ version: '1.1.0' }).then(() => older.hangUp());
      },
    });
    const client = await stage.connected(newer);
    expect(leaving.asked).toBe(true);
    expect(older.connections).toBe(0);
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
  });

  it('talks to an older owner that is busy', async () => {
    stage.fake.isIdle = false;
    const older = await stage.serving({ version: '1.0.0' });
    const client = await stage.connected(newer);
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
    expect(older.connections).toBe(1);
  });

  it.each(['1.0.0', '1.2.0'])('leaves an owner %s alone when it may not start another', async (version) => {
    const server = await stage.serving({ version });
    await stage.connected({ version: '1.1.0' });
    expect(server.connections).toBe(1);
  });

  it('leaves a newer owner alone', async () => {
    const server = await stage.serving({ version: '1.2.0' });
    await stage.connected(newer);
    expect(server.connections).toBe(1);
  });

  it.each([
    [protocolNumber - 1, /older and busy/],
    [protocolNumber + 1, /update this rhema/],
  ])('refuses an owner of protocol %d and says what to do', async (protocol, remedy) => {
    const paths = statePaths(stage.commonDir);
    ensurePrivateDirectory(paths.directory);
    const owner = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(`{"op":"hello","protocol":${protocol},"version":"9.0.0","pid":1}\n`);
    });
    await new Promise<void>((resolve) => owner.listen(paths.socket, resolve));
    await expect(stage.connected()).rejects.toMatchObject({
      code: 'VERSION_MISMATCH',
      message: expect.stringMatching(remedy) as string,
    });
    owner.close();
  });
});

describe('reaching the owner', () => {
  it('fails with UNAVAILABLE when nobody is there and none may be started', async () => {
    await expect(stage.connected()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false });
  });

  it('says what it may be when an owner hangs up at once', async () => {
    const paths = statePaths(stage.commonDir);
    ensurePrivateDirectory(paths.directory);
    const owner = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => owner.listen(paths.socket, resolve));
    await expect(stage.connected({ callTimeoutMs: 30 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringMatching(/hung up before it said a word.*no more files/) as string,
    });
    owner.close();
  });

  it('gives up when a stopped owner says nothing', async () => {
    const paths = statePaths(stage.commonDir);
    ensurePrivateDirectory(paths.directory);
    const silent = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(paths.socket, resolve));
    await expect(stage.connected({ callTimeoutMs: 30 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('said nothing') as string,
    });
    silent.close();
  });

  it('throws what the started owner says keeps it from running', async () => {
    const error = { code: 'DISABLED', message: 'switched off', retryable: false, details: {} };
    const script = `require('fs').writeSync(3, ${JSON.stringify(`${JSON.stringify({ error })}\n`)})`;
    await expect(stage.connected({ startOwner: scriptedOwner(script) })).rejects.toMatchObject({
      code: 'DISABLED',
      message: 'switched off',
    });
  });

  it('names the log when the started owner dies unsaid', async () => {
    const startOwner = scriptedOwner('throw new Error("boom")');
    await expect(
      stage.connected({ startOwner, callTimeoutMs: 500, backoffMs: () => 1_000 }),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('coordinator.log') as string,
    });
    expect(statSync(statePaths(stage.commonDir).log).mode & 0o777).toBe(0o600);
  });

  it('says so when the owner cannot be started at all', async () => {
    const startOwner = { file: '/nonexistent/node', args: [] };
    await expect(stage.connected({ startOwner })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: false,
    });
  });

  it('works in a folder whose path is longer than a socket may have', async () => {
    const deep = deepFolder(stage.commonDir);
    const deepStage = new Stage(deep);
    await deepStage.serving();
    const client = await deepStage.connected();
    expect(await client.submit(heartbeat('r1'))).toMatchObject({ ok: true });
    expect(statSync(statePaths(deep).socket).isSocket()).toBe(true);
    await deepStage.end();
  });
});
