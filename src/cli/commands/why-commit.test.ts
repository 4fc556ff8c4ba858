import { expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import { entry, granted } from '../testing/entries.ts';
import { bobsHarness, startMs } from '../testing/harness.ts';
import { agentId, lockView, nothingOf, scopePath, scopeView } from '../testing/samples.ts';

const made = {
  id: 'a'.repeat(40),
  committedAtMs: startMs - 60_000,
  subject: 'log out',
  agent: 'alice' as string | null,
  tokens: [5, 6],
};

const harnessOf = (commits: readonly (typeof made)[] | null) =>
  bobsHarness(
    {
      answers: {
        why: ({ subject, at }) => ({
          ...nothingOf(subject),
          timeMs: at?.kind === 'time' ? at.atMs : asTimeMs(startMs),
          locks: subject.kind === 'file' ? [lockView({ file: subject.file })] : [],
        }),
        scopes: () => ({ revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] }),
        scopesOf: ({ paths }) => ({
          revision: asRevision(7),
          scopes: paths.map(() => scopePath('src/core')),
          free: paths.map(() => false),
          claim: 'file',
        }),
        history: ({ before }) => ({
          revision: asRevision(7),
          entries: [entry(5, { ...granted, reason: 'rework login', agent: agentId('alice') })].filter(
            ({ revision }) => revision < (before ?? 0),
          ),
          nextBefore: null,
          first: asRevision(1),
        }),
      },
    },
    {
      inspection: {
        commitsIn: async (_, wish) => (wish.newestOnly === true ? commits : []),
        filesOf: async () => new Map([[made.id, ['src/core/a.ts']]]),
      },
    },
  ).harness;

const asked = ['why', 'src/core/a.ts', '--commit', 'HEAD'] as const;

it('tells of which agent a commit is, under which grant, and who held the file then', async () => {
  const { code, stdout, stderr } = await harnessOf([made]).run(...asked);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^commit a{10} \(log out\), made at 14:04:00, changes src\/core\/a\.ts\n {2}made by alice, as its trailer Rhema-Agent says\n {2}token 5: src\/core, since .*, for: rework login\n {2}token 6: the log knows of no such lock of alice\n\nat revision .*14:04:00\.999/,
  );
  expect(stdout).toContain('src/core/a.ts is held by alice');
  expect((await harnessOf([made]).json(...asked)).body).toMatchObject({
    commit: { id: made.id, agent: 'alice', tokens: [5, 6], changes: true },
  });
});

it('says where a commit names no agent, or does not change the file', async () => {
  const { stdout } = await harnessOf([{ ...made, agent: null }]).run(
    'why',
    'src/core/b.ts',
    '--commit',
    'HEAD',
  );
  expect(stdout).toContain('does not change src/core/b.ts\n  no trailer says which agent made it\n\n');
});

it('refuses what is no commit, and a moment beside it', async () => {
  for (const words of [
    [...asked, '--at', '14:02'],
    [...asked, '--as', 'agent'],
  ])
    expect(await harnessOf([made]).run(...words)).toMatchObject({ code: 2 });
  expect(await harnessOf(null).run(...asked)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"HEAD" is no commit here') as string,
  });
});
