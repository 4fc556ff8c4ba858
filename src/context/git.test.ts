import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runGit } from './git.ts';
import { temporaryFolder, write } from './testing/fixture.ts';

it('tells what Git said in several lines on one line, as sentences', async () => {
  const folder = temporaryFolder();
  const said = [
    "fatal: detected dubious ownership in repository at '/srv/shop'",
    'To add an exception for this directory, call:',
    '',
    '\tgit config --global --add safe.directory /srv/shop',
  ];
  write(folder, { git: `#!/bin/sh\ncat >&2 <<'END'\n${said.join('\n')}\nEND\nexit 128\n` });
  chmodSync(join(folder, 'git'), 0o755);
  const failing = runGit({
    cwd: folder,
    args: ['status'],
    env: { PATH: `${folder}:${process.env['PATH']}` },
  });
  await expect(failing).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message:
      "git status failed: detected dubious ownership in repository at '/srv/shop'. To add an exception for this directory, call: git config --global --add safe.directory /srv/shop",
  });
});

it('ends a call that takes too long, and says so', async () => {
  const args = ['-c', 'alias.wait=!exec sleep 600', 'wait'];
  await expect(runGit({ cwd: temporaryFolder(), args, timeoutMs: 20 })).rejects.toMatchObject({
    code: 'GIT_SILENT',
    message: 'git -c does not answer: it took too long',
  });
});
