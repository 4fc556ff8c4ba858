import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { protocolNumber } from '../protocol/index.ts';
import { endOwner, type OwnerEnd } from './end-owner.ts';
import { findOwner } from './owner-process.ts';
import { ensurePrivateDirectory, statePaths, type StatePaths } from './paths.ts';
import { identityOf, isRunning } from './process-identity.ts';
import { temporaryFolder } from './testing/folder.ts';

/** These tests run processes that have an owner's files open, and behave in the ways in which an owner may fail. */

const canLook = process.platform === 'linux';

let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;
let child: ChildProcess | null;
beforeEach(() => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
  child = null;
  ensurePrivateDirectory(paths.directory);
  for (const file of [paths.lock, paths.database]) writeFileSync(file, '');
});
afterEach(() => {
  child?.kill('SIGKILL');
  folder.remove();
});

/** `says`: what it does with a socket; null: it does not listen until it is told to, and leaves when asked then. */
async function ownerThat(says: string | null, hasLock = true): Promise<number> {
  const hello = { op: 'hello', protocol: protocolNumber, version: '1.0.0' };
  const files = JSON.stringify([paths.lock, paths.database]);
  const script = `
    const { openSync } = require('fs');
    if (${hasLock}) for (const file of ${files}) openSync(file);
    const hello = JSON.stringify({ ...${JSON.stringify(hello)}, pid: process.pid }) + '\\n';
    const stopping = '{"id":1,"ok":{"stopping":true}}\\n';
    const onStop = (socket, act) => socket.on('data', (data) => data.includes('"stop"') && act());
    const ready = () => process.stdout.write('ready');
    const listen = (then, act) => require('net').createServer(act).listen(${JSON.stringify(paths.socket)}, then);
    const leave = (socket) => { socket.write(hello); onStop(socket, () => process.exit()); };
    process.stdin.once('data', () => listen(() => {}, leave));
    if (${says === null}) ready();
    else listen(ready, (socket) => { ${says ?? ''} });
    setInterval(() => {}, 1_000);`;
  child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child.pid ?? 0;
}

const end = (): Promise<OwnerEnd> => endOwner({ commonDir: folder.path, version: '1.0.0', patienceMs: 300 });

it('where no owner runs, there is none to end', async () => {
  expect(await end()).toEqual({ kind: 'none' });
});

it.runIf(canLook).each([
  ['takes the connection and says nothing', '', /^it has said nothing for 1 s$/],
  ['greets and answers nothing', 'socket.write(hello)', /^it has not answered within 300 ms$/],
  [
    'says that it leaves and does not hang up',
    'socket.write(hello); onStop(socket, () => socket.write(stopping))',
    /said that it leaves, but has not within \d+ ms$/,
  ],
  [
    'hangs up and lives on',
    'socket.write(hello); onStop(socket, () => socket.end(stopping))',
    /still runs after \d+ ms: files of the log may be open$/,
  ],
  [
    'breaks the connection and lives on',
    'socket.write(hello); onStop(socket, () => socket.destroy())',
    /^the connection to the coordinator process was lost$/,
  ],
  ['does not listen', null, /^it does not listen, and did not end$/],
])('an owner that %s is ended by force, and what was seen is told', async (_, says, why) => {
  const pid = await ownerThat(says);
  expect(findOwner(paths)).toMatchObject({ pid });
  expect(await end()).toMatchObject({ kind: 'killed', pid, why: expect.stringMatching(why) });
  expect(isRunning(identityOf(pid))).toBe(false);
});

it.runIf(canLook)('an owner that is just coming is asked to leave as soon as it listens', async () => {
  await ownerThat(null);
  const ended = endOwner({ commonDir: folder.path, version: '1.0.0', patienceMs: 10_000 });
  child?.stdin?.end('listen');
  expect(await ended).toEqual({ kind: 'left' });
});

it.runIf(canLook)('a process that has not the lock of the owner is not ended, whatever it says', async () => {
  const pid = await ownerThat('', false);
  await expect(end()).rejects.toThrow(/said nothing.*its process cannot be seen from here/);
  expect(isRunning(identityOf(pid))).toBe(true);
});

it.runIf(canLook).each([protocolNumber - 1, protocolNumber + 1])(
  'an owner of protocol %d leaves when asked',
  async (protocol) => {
    await ownerThat(
      `socket.write(JSON.stringify({ ...JSON.parse(hello), protocol: ${protocol} }) + '\\n'); onStop(socket, () => process.exit())`,
    );
    expect(await end()).toEqual({ kind: 'left' });
  },
);

it.runIf(canLook)('an owner that ends at the word, without an answer, has left', async () => {
  await ownerThat('socket.write(hello); onStop(socket, () => process.exit())');
  expect(await end()).toEqual({ kind: 'left' });
});
