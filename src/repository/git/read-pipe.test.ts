import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git, makeRepository } from '../testing/fixture.ts';
import { runGit } from './git.ts';
import { pipeWaitedFor } from './read-pipe.ts';

const pipeAt = (path: string): void => void execFileSync('mkfifo', [path]);

it.each([
  ['.gitignore', ['ls-files', '--others', '--exclude-standard']],
  ['.gitignore', ['status', '--porcelain']],
  ['.gitattributes', ['check-attr', '-a', '--', 'deep/new.ts']],
])('a pipe in the place of a nested %s is named, long before Git is given up: git %j', async (name, args) => {
  const root = makeRepository({ 'api/a.ts': '', 'api/deep/new.ts': 'x' });
  git(root, 'add', 'api/a.ts');
  const pipe = join(root, 'api/deep', name);
  pipeAt(pipe);
  await expect(runGit({ cwd: join(root, 'api'), args: [...args], timeoutMs: 60_000 })).rejects.toMatchObject({
    code: 'GIT_SILENT',
    message: expect.stringContaining(`${pipe} is a pipe`) as unknown,
  });
});

it('is named as well where Git is given little time, as after it was silent once', async () => {
  const root = makeRepository({ 'api/new.ts': '' });
  pipeAt(join(root, 'api/.gitignore'));
  const asked = { cwd: root, args: ['ls-files', '--others', '--exclude-standard'], timeoutMs: 1_000 };
  await expect(runGit(asked)).rejects.toThrow(`${join(root, 'api/.gitignore')} is a pipe`);
});

it('a pipe that nobody waits for is no trouble, and no look goes on when nobody asks any more', async () => {
  const root = makeRepository({ 'a.ts': '' });
  mkdirSync(join(root, 'b'));
  pipeAt(join(root, 'b/.gitignore'));
  expect(await pipeWaitedFor(root, () => false)).toBeNull();
  const reader = spawn('cat', [join(root, 'b/.gitignore')]);
  expect(await pipeWaitedFor(root, () => true)).toBeNull();
  await expect.poll(() => pipeWaitedFor(root, () => false)).toBe(join(root, 'b/.gitignore'));
  await new Promise((resolve) => reader.on('exit', resolve));
});
