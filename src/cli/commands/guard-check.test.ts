import { describe, expect, it } from 'vitest';
import { asRevision, type FilePath } from '../../core/index.ts';
import type { LockView } from '../../protocol/index.ts';
import { bobsHarness, type HarnessOptions } from '../testing/harness.ts';
import { agentView, emptyScan, lockView, scopePath, statusAnswer } from '../testing/samples.ts';

const held = (file: string): LockView => lockView({ file: file as FilePath });

const harnessOf = (locks: readonly LockView[], over: HarnessOptions['inspection'] = {}, strict = false) =>
  harnessWith(locks, over, {}, strict).harness;

const harnessWith = (
  locks: readonly LockView[],
  over: HarnessOptions['inspection'],
  more: Partial<HarnessOptions>,
  strict = false,
) =>
  bobsHarness(
    {
      answers: {
        status: () => statusAnswer({ agents: [agentView()], locks }),
        scopesOf: ({ paths }) => ({
          revision: asRevision(7),
          scopes: paths.map(() => scopePath('src/core')),
          free: paths.map(() => false),
          claim: 'file',
        }),
        scopes: () => ({ revision: asRevision(7), scopes: [], problems: [] }),
      },
    },
    {
      inspection: {
        scan: async () => ({ ...emptyScan, sync: { ...emptyScan.sync, strict } }),
        ...over,
      },
      ...more,
    },
  );

describe('guard check', () => {
  it('tells why files may be written', async () => {
    const harness = harnessOf([held('src/core/a.ts')]);
    expect(await harness.run('guard', 'check', 'src/core/b.ts')).toEqual({
      code: 0,
      stdout: 'FILE           VERDICT  WHY\nsrc/core/b.ts  passes   held by nobody\n',
      stderr: '',
    });
    expect((await harness.json('guard', 'check', 'src/core/a.ts', '--agent', 'alice')).body).toMatchObject({
      ok: true,
      agent: 'alice',
      files: [{ name: 'src/core/a.ts', because: 'held' }],
    });
  });

  it('refuses what another agent has, with who, why, until when, and what to do', async () => {
    const harness = harnessOf([held('src/core/a.ts'), held('src/core/c.ts')]);
    expect(await harness.run('guard', 'check', 'src/core/a.ts', 'src/core/b.ts', 'src/core')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          [
            '^rhema: 2 of 3 files may not be written: \\(WRITE_REFUSED\\)',
            '    src/core/a.ts is held by alice since 14:02:00 \\(3 min\\), for: refactor auth; until 14:06:00 \\(in 1 min\\) unless renewed',
            '    src/core: src/core/a.ts is held by alice .*; 1 more lock in the way',
            '  try: rhema lock acquire src/core/a.ts src/core --agent NAME --wait\n$',
          ].join('\n'),
        ),
      ) as string,
    });
  });

  it('looks at what is staged, and says how to commit the rest', async () => {
    const staged = ['src/core/a.ts', 'src/core/b*.ts'];
    const harness = harnessOf([held('src/core/a.ts')], { stagedFiles: async () => staged });
    const { code, stderr } = await harness.run('guard', 'check', '--staged');
    expect(code).toBe(3);
    expect(stderr).toContain("\n  to commit the rest: git commit -- ':(top,literal)src/core/b*.ts'\n");
    const many = [...Array(12).keys()].map((index) => `src/core/${index}`);
    const more = harnessOf([held('src/core/a.ts')], { stagedFiles: async () => ['src/core/a.ts', ...many] });
    expect((await more.run('guard', 'check', '--staged')).stderr).toContain(
      '\n  to leave them out: git restore --staged -- :/src/core/a.ts\n',
    );
    const none = harnessOf([], { stagedFiles: async () => [] });
    expect(await none.run('guard', 'check', '--staged')).toMatchObject({
      code: 0,
      stdout: 'nothing is staged\n',
    });
  });

  it('offers no line that Git would not take, and types what is to be locked from where Git was called', async () => {
    const check = async (rest: string, env = {}) => {
      const stagedFiles = async () => ['src/core/a.ts', rest];
      const pathTyped = (_: unknown, cwd: string, path: string) => `${cwd}:${path}`;
      const { harness } = harnessWith([held('src/core/a.ts')], { stagedFiles, pathTyped }, { env });
      return (await harness.run('guard', 'check', '--staged')).stderr;
    };
    expect(await check(':colon')).toContain("git commit -- ':(top,literal):colon'\n");
    for (const odd of ['a\nb', 'a\ufffdb', 'a\u202eb'])
      expect(await check(odd)).not.toContain('git commit --');
    expect(await check('x', { GIT_PREFIX: 'sub/' })).toContain('acquire /repo/sub/:src/core/a.ts ');
    expect(await check('x')).toContain('acquire /repo:src/core/a.ts ');
  });

  it('judges a shell command line by what it would write, and says what else it does', async () => {
    const harness = harnessOf([held('src/core/a.ts'), held('src/core/c.ts')], {
      place: (_repository, _cwd, path) => ({ kind: 'here', path: scopePath(path.replace('/repo/', '')) }),
      changedFiles: async () => [],
    });
    const check = (command: string) => harness.run('guard', 'check', '--command', command);
    expect(await check('cd src/core && sed -i s/a/b/ a.ts; rm b.ts')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^rhema: 1 of 2 files may not be written: .*\n +src\/core\/a\.ts is held by alice/,
      ) as string,
    });
    expect((await check('rm src/core/*.ts')).code).toBe(3);
    expect(await check('rm src/core/*.js; git commit -am "$m" --no-verify; rm "$f"')).toEqual({
      code: 0,
      stdout: [
        'FILE           VERDICT  WHY',
        'src/core/*.js  passes   held by nobody',
        'Git commits everything that was changed, without hooks',
        'not judged: rm: a name that is known only when it is run\n',
      ].join('\n'),
      stderr: '',
    });
    expect((await check('ls')).stdout).toBe('nothing is written\n');
    expect((await harness.json('guard', 'check', '--command', 'git -C x stash')).body).toMatchObject({
      files: [],
      git: [{ kind: 'stash', folder: 'x', paths: null }],
      unjudged: [],
    });
  });

  it('asks for a lock of everything where strict_mode is on', async () => {
    const harness = harnessOf([held('src/core/a.ts')], {}, true);
    expect(await harness.run('guard', 'check', 'src/core/a.ts', '--agent', 'alice')).toMatchObject({
      code: 0,
    });
    expect(await harness.run('guard', 'check', 'src/core/b.ts', '--agent', 'alice')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /src\/core\/b\.ts: held by nobody, and strict_mode asks for a lock\n.*try: rhema lock acquire src\/core\/b\.ts --agent alice --wait/,
      ) as string,
    });
  });

  it('tells a file that is called like a resource as it is typed', async () => {
    const harness = harnessOf([held('@git')]);
    const { stderr } = await harness.run('guard', 'check', '@git');
    expect(stderr).toContain(' @git: ./@git is held by alice ');
    expect(stderr).toContain('try: rhema lock acquire ./@git --agent NAME --wait');
  });

  it('names ten of many, and leaves out what Git ignores', async () => {
    const names = [...Array(13).keys()].map((index) => `src/core/${index}`);
    const harness = harnessOf([lockView()], { ignoredAmong: async () => new Set(['src/core/0']) });
    const { stderr } = await harness.run('guard', 'check', ...names);
    expect(stderr).toContain('rhema: 12 of 13 files may not be written');
    expect(stderr).toContain('\n    and 2 more: --json names all\n');
    expect(stderr).not.toContain('try:');
  });

  it('refuses a misspelt agent, in whose way everybody would be, and neither or both of paths and --staged', async () => {
    const harness = harnessOf([held('src/core/a.ts')]);
    expect(await harness.run('guard', 'check', 'src/core/a.ts', '--agent', 'alcie')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no agent alcie takes part: did you mean alice?') as string,
    });
    for (const words of [[], [''], ['--staged', 'src/core/a.ts']])
      expect(await harness.run('guard', 'check', ...words)).toMatchObject({ code: 2 });
  });
});
