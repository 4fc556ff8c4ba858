import { readFileSync } from 'node:fs';
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
