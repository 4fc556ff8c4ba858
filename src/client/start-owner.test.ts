import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { statePaths } from './paths.ts';
import { identityOf, isRunning, untilExited, type ProcessIdentity } from './process-identity.ts';
import { startOwner } from './start-owner.ts';
import { temporaryFolder } from './testing/folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** Starts a process that never says that it listens, and gives it up; returns what it was. */
async function givenUp(script: string): Promise<ProcessIdentity> {
  const file = join(folder.path, 'pid');
  const command = { file: '/bin/sh', args: ['-c', `echo $$ > ${file}; ${script}`] };
  await expect(startOwner(command, statePaths(folder.path), 1_500)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    retryable: true,
  });
  return identityOf(Number(readFileSync(file, 'utf8')));
}

it('ends an owner that hangs while it starts, so that not each call leaves another behind', async () => {
  expect(await untilExited(await givenUp('exec sleep 600'), 5_000)).toBe(true);
});

it('leaves one that is only slow to whoever calls next', async () => {
  const owner = await givenUp('while :; do :; done');
  expect(isRunning(owner)).toBe(true);
  process.kill(owner.pid, 'SIGKILL');
});

/** How many descriptors of this process lead to a file. */
function opened(file: string): number {
  const own = '/proc/self/fd';
  const isIt = (name: string): boolean => {
    try {
      return readlinkSync(join(own, name)) === file;
    } catch {
      return false;
    }
  };
  return readdirSync(own).filter(isIt).length;
}

it.runIf(process.platform === 'linux')(
  'keeps nothing open of an owner that the system refuses to start at once',
  async () => {
    const paths = statePaths(folder.path);
    const command = { file: '/bin/sh', args: ['-c', 'exit \0'] };
    await expect(startOwner(command, paths, 1_500)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('the coordinator process cannot be started: '),
    });
    expect(opened(paths.log)).toBe(0);
  },
);
