import type { ExecFileOptions } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { runGit } from './git.ts';

const asked = vi.hoisted(() => ({ options: [] as ExecFileOptions[] }));
vi.mock('node:child_process', () => ({
  execFile: (
    _file: string,
    _args: readonly string[],
    options: ExecFileOptions,
    done: (error: null, stdout: Buffer, stderr: Buffer) => void,
  ) => {
    asked.options.push(options);
    done(null, Buffer.alloc(0), Buffer.alloc(0));
    return { stdin: null };
  },
}));

/** Whoever starts an owner waits so long for it. */
const startMaxMs = 30_000;

it('Git is not waited for for ever, and less long than an owner that is started', async () => {
  await runGit({ cwd: '/', args: ['ls-files'] });
  await runGit({ cwd: '/', args: ['--version'], timeoutMs: 50 });
  const [usual, given] = asked.options;
  expect(usual?.timeout).toBeGreaterThan(0);
  expect(usual?.timeout).toBeLessThan(startMaxMs);
  expect(given?.timeout).toBe(50);
  // A pipe that nobody writes to holds it up in the kernel, where it does not have to listen.
  expect(usual?.killSignal).toBe('SIGKILL');
});
