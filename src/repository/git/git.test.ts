import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changedFiles } from './changed-files.ts';
import { listTree } from './ls-files.ts';
import { runGit, withoutGitVariables } from './git.ts';
import { hooksFolder, findRepository, fingerprintOnly } from '../index.ts';
import {
  commitAll,
  git,
  makeRepository,
  problemsOf,
  scan,
  scanBare,
  temporaryFolder,
  write,
} from '../testing/fixture.ts';

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
    message: expect.stringContaining('git -c does not answer: it took too long') as string,
  });
});

/** Keys of the configuration by which some command of Git starts a program. */
const programKeys =
  `core.fsmonitor core.pager core.editor core.askPass core.sshCommand core.gitProxy core.alternateRefsCommand
  credential.helper gpg.program sequence.editor diff.external diff.planted.command diff.planted.textconv
  filter.planted.clean filter.planted.smudge filter.planted.process interactive.diffFilter
  uploadpack.packObjectsHook pager.ls-files`.split(/\s+/);

describe('a configuration that names programs', () => {
  let [root, traces] = ['', ''];
  const leavesTrace = (key: string): string => `touch ${join(traces, key)}; false`;
  beforeEach(() => {
    root = makeRepository({
      'a/rhema.yaml': 'name: a\n',
      '.gitattributes': '* filter=planted diff=planted\n',
    });
    commitAll(root);
    traces = temporaryFolder();
    for (const key of programKeys) git(root, 'config', key, leavesTrace(key));
    for (const alias of ['ls-files', 'rev-parse', 'check-ignore', 'cat-file'])
      git(root, 'config', `alias.${alias}`, `!${leavesTrace(`alias.${alias}`)}`);
    git(root, 'config', 'core.hooksPath', traces);
    for (const hook of ['post-index-change', 'post-checkout', 'pre-auto-gc', 'reference-transaction']) {
      write(traces, { [hook]: `#!/bin/sh\ntouch ${traces}/hook.${hook}\n` });
      chmodSync(join(traces, hook), 0o755);
    }
  });
  const started = (): string[] => readdirSync(traces).filter((name) => name.includes('.'));

  it('starts none of them, whatever we ask of a working tree', async () => {
    write(root, { 'a/rhema.yaml': 'name: b\n', 'b/new': '' });
    const repository = await findRepository({ cwd: root, env: {} });
    await listTree(root);
    await changedFiles(root);
    await scan(root);
    await fingerprintOnly(repository);
    await hooksFolder(repository, process.env);
    await runGit({ cwd: root, args: ['check-ignore', '-z', '--stdin', '--no-index'], input: 'b\0' }).catch(
      () => null,
    );
    expect(started()).toEqual([]);
  });

  it('starts none of them of a bare repository, nor of one that lacks what it promises', async () => {
    git(root, 'config', 'core.bare', 'true');
    git(root, 'config', 'remote.origin.url', `ext::touch ${traces}/remote.url`);
    git(root, 'config', 'remote.origin.uploadpack', leavesTrace('remote.uploadpack'));
    git(root, 'config', 'protocol.ext.allow', 'always');
    git(root, 'config', 'remote.origin.promisor', 'true');
    git(root, 'config', 'extensions.partialClone', 'origin');
    const object = git(root, 'rev-parse', 'HEAD:a/rhema.yaml').trim();
    const file = join(root, '.git/objects', object.slice(0, 2), object.slice(2));
    chmodSync(file, 0o600);
    rmSync(file);
    const found = await scanBare(join(root, '.git'));
    expect(problemsOf(found)).toContain('UNREADABLE_FILE a/rhema.yaml');
    await runGit({ cwd: join(root, '.git'), args: ['cat-file', '-e', object] }).catch(() => null);
    expect(started()).toEqual([]);
  });
});

describe('the variables of Git', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('that configure it stay; those that say which repository is meant do not', () => {
    const configuring = {
      GIT_CONFIG_GLOBAL: '/g',
      GIT_CONFIG_SYSTEM: '/s',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.excludesFile',
      GIT_CONFIG_VALUE_0: '/x',
      GIT_CONFIG_PARAMETERS: "'a.b'='c'",
      HOME: '/home/olga',
    };
    const naming = {
      GIT_DIR: '/d',
      GIT_WORK_TREE: '/w',
      GIT_INDEX_FILE: '/i',
      GIT_COMMON_DIR: '/c',
      GIT_TRACE: '1',
    };
    expect(withoutGitVariables({ ...configuring, ...naming })).toEqual(configuring);
  });

  it('name the ignored files for us as for Git', async () => {
    const [root, folder] = [
      makeRepository({ 'a/rhema.yaml': 'name: a\n', 'b/rhema.yaml': 'name: b\n' }),
      temporaryFolder(),
    ];
    write(folder, { ignored: 'b\n', configuration: `[core]\n\texcludesFile = ${folder}/ignored\n` });
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(folder, 'configuration'));
    expect((await scan(root)).definitions.map(({ path }) => path)).toEqual(['a']);
  });
});
