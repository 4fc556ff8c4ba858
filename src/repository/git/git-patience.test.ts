import type * as Processes from 'node:child_process';
import type { ExecFileOptions } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeRepository } from '../testing/fixture.ts';
import { GitSilence } from './git-silence.ts';

type Done = (error: Error | null, stdout: Buffer, stderr: Buffer) => void;
const asked = vi.hoisted(() => ({ done: [] as Done[], files: [] as string[], killed: 0 }));
vi.mock('node:child_process', async (original) => ({
  ...(await original<typeof Processes>()),
  execFile: (file: string, _args: readonly string[], _options: ExecFileOptions, done: Done) => {
    asked.files.push(file);
    asked.done.push(done);
    const kill = (): void => {
      asked.killed += 1;
      done(new Error('killed'), Buffer.alloc(0), Buffer.alloc(0));
    };
    return { stdin: null, kill };
  },
}));

/** Whoever starts an owner waits so long for it. */
const startMaxMs = 30_000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  Object.assign(asked, { done: [], files: [], killed: 0 });
});
afterEach(() => vi.useRealTimers());

describe('a Git that does not answer', () => {
  it('is ended, less long than an owner that is started is waited for', async () => {
    const { runGit } = await import('./git.ts');
    const listing = expect(runGit({ cwd: '/', args: ['ls-files'] })).rejects.toMatchObject({
      code: 'GIT_SILENT',
    });
    vi.advanceTimersByTime(startMaxMs - 1);
    await listing;
    expect(asked.killed).toBe(1);
  });

  it('is given little time by the next call', async () => {
    const { runGit } = await import('./git.ts');
    const first = runGit({ cwd: '/', args: ['ls-files'] }).catch(() => null);
    vi.advanceTimersByTime(startMaxMs - 10_000);
    await first;
    const next = runGit({ cwd: '/', args: ['ls-files'] }).catch(() => null);
    vi.advanceTimersByTime(1_000);
    await next;
    expect(asked.killed).toBe(2);
  });
});

describe('the time that a call is given', () => {
  it('is short for a while after one that was not answered', () => {
    const silence = new GitSilence();
    expect(silence.patienceMs(5_000)).toBe(5_000);
    silence.fell();
    expect(silence.patienceMs(5_000)).toBe(1_000);
    expect(silence.patienceMs(50)).toBe(50);
    vi.advanceTimersByTime(19_000);
    // A short one that is not answered either does not make it last for ever.
    silence.fell();
    vi.advanceTimersByTime(1_000);
    expect(silence.patienceMs(5_000)).toBe(5_000);
  });
});

it('Git is not started where a pipe in the place of one of its own files would hold it up', async () => {
  const { execFileSync } = await vi.importActual<typeof Processes>('node:child_process');
  const { runGit } = await import('./git.ts');
  const root = makeRepository({});
  execFileSync('mkfifo', [`${root}/index`]);
  for (const name of ['commondir', 'config.worktree']) {
    execFileSync('mkfifo', [`${root}/.git/${name}`]);
    await expect(runGit({ cwd: root, args: ['ls-files'] })).rejects.toMatchObject({
      code: 'GIT_SILENT',
      message: expect.stringContaining(`${root}/.git/${name} is a pipe`) as string,
    });
    execFileSync('rm', [`${root}/.git/${name}`]);
  }
  expect(asked.files).toEqual([]);
});

it('nor where one in the place of the ignore file would, for what asks which files are ignored', async () => {
  const { execFileSync } = await vi.importActual<typeof Processes>('node:child_process');
  const { runGit } = await import('./git.ts');
  const root = makeRepository({});
  execFileSync('mkfifo', [`${root}/.gitignore`]);
  for (const args of [
    ['ls-files', '--others', '--exclude-standard'],
    ['check-ignore', '--stdin'],
  ])
    await expect(runGit({ cwd: root, args })).rejects.toMatchObject({
      code: 'GIT_SILENT',
      message: expect.stringContaining(`${root}/.gitignore is a pipe`) as string,
    });
  expect(asked.files).toEqual([]);
  void runGit({ cwd: root, args: ['rev-parse', 'HEAD'] }).catch(() => null);
  expect(asked.files).toHaveLength(1);
});
