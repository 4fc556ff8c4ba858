/**
 * Notes in a context file of a scope when it was last checked, while no agent works there.
 *
 *     node nightly.mjs SCOPE [COMMAND...]     such as: node nightly.mjs services/auth npm test
 *
 * The command runs under the scope's lock; when that is lost, the command is ended. Exit codes: the command's own, 1 when it
 * was ended for the loss, 3 when the scope could not be had, 127 when the command could not be started (nothing is noted).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { RefusedError, takePart } from 'rhema';

const [scope = '.', command = 'true', ...args] = process.argv.slice(2);

/** Runs the command, and ends it when the lock is lost. */
async function check(lock) {
  const env = { ...process.env, RHEMA_TOKEN: String(lock.token) };
  const child = spawn(command, args, { stdio: 'inherit', env });
  lock.onLost(() => child.kill());
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

/** Keeps what else the file says. */
function noted(before, code) {
  const others = (before ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('nightly:'));
  const result = code === 0 ? 'passed' : `failed with ${code}`;
  return [...others, `nightly: '${result} at ${new Date().toISOString()}'`, ''].join('\n');
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const agent = await takePart({ agent: 'nightly', task: `check ${scope}` });
try {
  const options = { waitMs: 60_000, reason: 'nightly check', signal: stop.signal };
  process.exitCode = await agent.withLock(scope, options, async (lock) => {
    const code = await check(lock);
    await lock.write(`${scope}/nightly.yaml`, (before) => noted(before, code));
    return code;
  });
} catch (error) {
  const isNotStarted = error.syscall?.startsWith('spawn') ?? false;
  if (!isNotStarted && !(error instanceof RefusedError)) throw error;
  process.stderr.write(`nightly: ${error.message} (${error.code})\n`);
  process.exitCode = isNotStarted ? 127 : error.code === 'LOCK_LOST' ? 1 : 3;
} finally {
  await agent.leave();
}
