import { describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import type { ImpactedScope } from '../../protocol/index.ts';
import { bobsHarness } from '../testing/harness.ts';
import { agentId, scopePath, scopeView } from '../testing/samples.ts';

const reached = (scope: string, via: string | null, over: Partial<ImpactedScope> = {}): ImpactedScope => ({
  scope: scopePath(scope),
  via: via === null ? null : scopePath(via),
  holders: [],
  waiters: [],
  syncStatus: 'idle',
  wasSynced: false,
  ...over,
});

const harnessOf = (files: readonly string[] | null = null, lies: 'file' | 'nothing' = 'nothing') => {
  const asked: unknown[] = [];
  const { harness } = bobsHarness(
    {
      answers: {
        scopes: () => ({
          revision: asRevision(7),
          scopes: [scopeView('lib'), scopeView('api', ['lib'])],
          problems: [],
        }),
        impact: ({ scopes }) => {
          asked.push(scopes);
          return {
            revision: asRevision(7),
            scopes: [
              reached('lib', null),
              reached('api', 'lib', { holders: [agentId('bob')], wasSynced: true, syncStatus: 'completed' }),
            ],
          };
        },
      },
    },
    {
      inspection: {
        filesBetween: async (_repository, range) => (range === 'HEAD..HEAD' ? [] : files),
        liesAt: async () => lies,
      },
    },
  );
  return { harness, asked };
};

describe('impact', () => {
  it('shows what depends on a scope or a file, who holds it and what is synced again', async () => {
    const { harness, asked } = harnessOf(null, 'file');
    expect((await harness.run('impact', 'lib/a.ts', 'lib/b.ts')).stdout).toMatchInlineSnapshot(`
      "SCOPE  WHY                   HELD BY  WAITED FOR BY  SYNC
      lib    is changed (2 files)
      api    depends on lib        bob                     is synced again
      "
    `);
    expect(asked).toEqual([['lib']]);
    expect((await harness.json('impact', 'lib')).body).toMatchObject({
      changed: [{ scope: 'lib', files: [] }],
      toSync: ['api'],
    });
  });

  it('says of what is not there how it is taken', async () => {
    expect((await harnessOf().harness.run('impact', 'lib/HEAD')).stderr).toContain(
      'there is no lib/HEAD here: it is taken for a file that is gone, or to be; of commits say a range',
    );
    expect((await harnessOf().harness.run('impact', 'lib/HEAD')).stdout).toContain(
      'is changed (1 file, not there)',
    );
    const there = harnessOf(null, 'file');
    expect((await there.harness.run('impact', 'lib/a.ts')).stderr).toBe('');
  });

  it('refuses the name of a commit, which is no file, with how to ask about it', async () => {
    expect(await harnessOf().harness.run('impact', 'HEAD')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'rhema impact HEAD~1..HEAD, or about a file that is gone with ./HEAD',
      ) as string,
    });
    expect((await harnessOf(null, 'file').harness.run('impact', 'HEAD')).code).toBe(3);
  });

  it('looks at the files of a range of commits, and refuses what is none', async () => {
    expect((await harnessOf(['lib/x', 'elsewhere']).harness.json('impact', 'main..HEAD')).body).toMatchObject(
      {
        changed: [{ scope: 'lib', files: ['x'] }],
        outside: ['elsewhere'],
      },
    );
    expect((await harnessOf([]).harness.run('impact', 'main..HEAD')).stdout).toBe('nothing is changed\n');
    expect(await harnessOf().harness.run('impact', 'main..nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no range of commits') as string,
    });
  });

  it('refuses what is in no scope, with what is meant perhaps', async () => {
    expect(await harnessOf().harness.run('impact', 'elsewhere')).toMatchObject({ code: 3 });
  });
});
