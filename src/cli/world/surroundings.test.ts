import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { occupyName, statePaths, writeSession } from '../../client/index.ts';
import { findRepository } from '../../repository/index.ts';
import { asRevision } from '../../core/index.ts';
import type { AgentId } from '../../core/index.ts';
import { lefthookJob } from '../git-hooks/lefthook.ts';
import { fileSystemOf, surroundingsOf } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

describe('the file system of a folder', () => {
  const mounts = [
    '/dev/sda1 / ext4 rw 0 0',
    'box:/home /home nfs4 rw 0 0',
    '/dev/sdb1 /home/my\\040disk xfs rw 0 0',
    'tmpfs /home/my\\040disk tmpfs rw 0 0',
    '',
  ].join('\n');

  it.each([
    ['/srv/repository', 'ext4'],
    ['/home/alice', 'nfs4'],
    ['/homes', 'ext4'],
    ['/home/my disk/repository', 'tmpfs'],
  ])('of %s is %s: the nearest mount above, and of two at one place the later', (path, type) => {
    expect(fileSystemOf(mounts, path)?.type).toBe(type);
  });

  it('is not told by a system without a list of mounts', () => {
    expect(fileSystemOf('', '/srv')).toBeNull();
  });
});

describe('a repository', () => {
  let folder: string;
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  const look = async (): Promise<Surroundings> =>
    surroundingsOf(await findRepository({ cwd: folder, env }), env);

  beforeEach(() => {
    folder = realpathSync(folderOfTest('rhema-surroundings-'));
    git('init', '--quiet');
  });

  it('has nothing around it at first: the samples that Git lays down are no hooks', async () => {
    expect(await look()).toMatchObject({
      worktrees: [],
      atSocket: 'nothing',
      deserted: [],
      enforcement: { gitHooks: [], clientHooks: [] },
      clientFiles: [],
    });
  });

  it('tells the agents whose server has ended, and not those of a live one', async () => {
    const paths = statePaths(join(folder, '.git'));
    for (const agent of ['alice', 'bob', 'carol'] as AgentId[])
      writeSession(paths, { agent, epoch: asRevision(1), secret: 'aa' });
    occupyName(paths, 'alice' as AgentId, 1);
    const occupants = join(paths.directory, 'keepers');
    const note = JSON.parse(readFileSync(join(occupants, 'alice#1'), 'utf8')) as { process: object };
    const dead = { ...note, process: { ...note.process, pid: 17, start: 'long ago' } };
    writeFileSync(join(occupants, 'bob#1'), JSON.stringify(dead));
    expect((await look()).deserted).toEqual([{ agent: 'bob', pid: 17 }]);
  });

  it('tells its linked working trees, also one that was removed by hand', async () => {
    git('commit', '--quiet', '--allow-empty', '--message=first');
    git('worktree', 'add', '--quiet', 'kept');
    git('worktree', 'add', '--quiet', 'lost');
    rmSync(join(folder, 'lost'), { recursive: true });
    expect((await look()).worktrees).toEqual([
      { path: join(folder, 'kept'), exists: true },
      { path: join(folder, 'lost'), exists: false },
    ]);
  });

  it('tells the hooks that Git runs: executable ones, in the folder that its configuration names', async () => {
    git('config', 'core.hooksPath', 'tools/hooks');
    chmodSync(write('tools/hooks/pre-commit', '#!/bin/sh\nrhema status\n'), 0o755);
    chmodSync(write('tools/hooks/pre-push', '#!/bin/sh\nnpm test\n'), 0o755);
    write('tools/hooks/README', 'rhema');
    chmodSync(write('.git/hooks/post-merge', '#!/bin/sh\n'), 0o755);
    expect((await look()).enforcement.gitHooks).toEqual([
      { name: 'pre-commit', namesRhema: true },
      { name: 'pre-push', namesRhema: false },
    ]);
  });

  it('tells not of the file that our hooks call, which Git never runs', async () => {
    chmodSync(write('.git/hooks/rhema', '#!/bin/sh\nrhema git-hook\n'), 0o755);
    expect((await look()).enforcement.gitHooks).toEqual([]);
  });

  it('tells of a hook that lefthook has written by what lefthook is told to run', async () => {
    for (const name of ['pre-commit', 'pre-push'] as const)
      chmodSync(write(`.git/hooks/${name}`, `#!/bin/sh\ncall_lefthook run "${name}" "$@"\n`), 0o755);
    write('lefthook.yml', `${lefthookJob('pre-commit')}\n`);
    expect((await look()).enforcement.gitHooks).toEqual([
      { name: 'pre-commit', namesRhema: true },
      { name: 'pre-push', namesRhema: false },
    ]);
  });

  it('tells hooks of clients by the block of hooks alone', async () => {
    write(
      '.claude/settings.json',
      '{ "permissions": { "allow": ["mcp__rhema__x"] }, "hooks": { "Stop": [] } }',
    );
    write('.codex/hooks.json', '{ "hooks": { "Stop": [{ "command": "rhema status" }] } }');
    write('.gemini/settings.json', '{ "mcpServers": { "rhema": { "command": "rhema" } } }');
    expect((await look()).enforcement.clientHooks).toEqual([
      { name: '.claude/settings.json', namesRhema: false },
      { name: '.codex/hooks.json', namesRhema: true },
    ]);
  });

  it('tells which clients name this server, with comments in JSON and in TOML, and not by broken files', async () => {
    write('.mcp.json', '{ // ours\n "mcpServers": { "rhema": { "command": "rhema" }, } }');
    write('.codex/config.toml', '[mcp_servers.rhema]\ncommand = "rhema"\n');
    write('.vscode/mcp.json', '{ "mcpServers": { "rhema": {} } }');
    write('.cursor/mcp.json', 'rhema');
    const files = (await look()).clientFiles;
    expect(files.filter(({ namesServer }) => namesServer).map(({ file }) => file)).toEqual([
      '.mcp.json',
      '.codex/config.toml',
    ]);
    expect(files).toHaveLength(4);
  });
});
