import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { gitVersion as readGitVersion } from './git-setup.ts';
import { findRepository, gitVersion, hooksFolder } from '../index.ts';
import { git, makeRepository, temporaryFolder, write } from '../testing/fixture.ts';

/** A folder with a program called git that does as it is told. */
function folderWithGit(script: string): string {
  const folder = temporaryFolder();
  write(folder, { git: `#!/bin/sh\n${script}\n` });
  chmodSync(join(folder, 'git'), 0o755);
  return folder;
}

describe('the version of Git', () => {
  it('is that of the first Git on the PATH, word for word', async () => {
    const first = folderWithGit('echo git version 9.9.9');
    expect(await gitVersion({ PATH: `${first}:${process.env['PATH']}` })).toBe('git version 9.9.9');
  });

  it('is none where the PATH has no Git, wherever else there may be one', async () => {
    expect(await gitVersion({ PATH: temporaryFolder() })).toBeNull();
  });

  it('cannot be told by a Git that fails', async () => {
    const failing = folderWithGit('echo fatal: out of order >&2; exit 1');
    await expect(gitVersion({ PATH: failing })).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('out of order') as string,
    });
  });

  it('cannot be told by a Git that does not answer', async () => {
    const silent = folderWithGit('sleep 20');
    const environment = { PATH: `${silent}:${process.env['PATH']}` };
    await expect(readGitVersion(environment, 50)).rejects.toMatchObject({
      code: 'GIT_SILENT',
      message: expect.stringContaining('git --version does not answer: it took too long') as string,
    });
  });
});

describe('the folder of hooks', () => {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  let root = '';
  const folderOf = async (environment: Record<string, string | undefined>): Promise<string> =>
    hooksFolder(await findRepository({ cwd: root, env: environment }), environment);
  beforeEach(() => (root = makeRepository()));

  it('is the one that the configuration names', async () => {
    git(root, 'config', 'core.hooksPath', 'tools/hooks');
    expect(await folderOf(env)).toBe(join(root, 'tools/hooks'));
  });

  it("is Git's own by default, and where Git cannot be asked", async () => {
    expect(await folderOf(env)).toBe(join(root, '.git/hooks'));
    expect(await folderOf({ PATH: temporaryFolder() })).toBe(join(root, '.git/hooks'));
  });
});
