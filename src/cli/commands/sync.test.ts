import { describe, expect, it } from 'vitest';
import { asDurationMs, asRevision, asTimeMs } from '../../core/index.ts';
import type { Entry, Result } from '../../core/index.ts';
import type { DeclaredSyncs, SyncView } from '../../protocol/index.ts';
import { bobsHarness, startMs } from '../testing/harness.ts';
import { scopePath, scopeView, statusAnswer, syncView, syncedTree } from '../testing/samples.ts';

const failed = syncView({
  scope: scopePath('api'),
  status: 'failed',
  failures: 1,
  retriesLeft: 1,
  error: 'bad schema',
  retryAtMs: asTimeMs(startMs + 5_000),
});

const harnessOf = (syncs: readonly SyncView[], submit?: () => Result) =>
  bobsHarness(
    {
      ...(submit === undefined ? {} : { submit }),
      answers: {
        status: () => statusAnswer({ syncs }),
        scopes: () => ({
          revision: asRevision(7),
          scopes: [scopeView('api'), scopeView('docs')],
          problems: [],
        }),
      },
    },
    syncedTree,
  );

describe('sync status', () => {
  it('names what was never synced beside what was', async () => {
    const { harness } = harnessOf([failed]);
    const { stdout } = await harness.run('sync', 'status', 'docs', 'api');
    expect(stdout).toMatch(/^api +failed +bad schema \(1 failure\) +mend it, then rhema sync run$/m);
    expect(stdout).toMatch(/\n\nnever synced: docs\n$/);
    expect((await harness.json('sync', 'status', 'docs')).body).toMatchObject({
      syncs: [],
      neverSynced: ['docs'],
    });
  });

  it('refuses a scope that is not there, as other commands do', async () => {
    const { harness } = harnessOf([failed]);
    for (const words of [['nowhere'], ['api', 'nowhere']]) {
      const { code, stderr } = await harness.run('sync', 'status', ...words);
      expect([code, stderr]).toEqual([3, expect.stringContaining('there is no scope "nowhere"')]);
    }
  });

  it('says that what has used up its retries goes on after a reset only', async () => {
    const { harness } = harnessOf([{ ...failed, failures: 2, retriesLeft: 0 }]);
    expect((await harness.run('sync', 'status')).stdout).toMatch(
      /bad schema \(2 failures\) +mend it, then rhema sync run\n$/,
    );
  });
});

describe('sync run', () => {
  const run = { run: 'make', timeoutMs: asDurationMs(1_000) };
  const harnessWith = (declared: DeclaredSyncs | undefined, scans: string[]) =>
    bobsHarness(
      {
        answers: {
          status: () =>
            statusAnswer({
              syncs: [syncView({ scope: scopePath('api'), status: 'completed', digest: 'own' })],
            }),
          scopes: () => ({
            revision: asRevision(7),
            scopes: [scopeView('api', [], { syncStatus: 'completed' })],
            problems: [],
            ...(declared === undefined ? {} : { declared }),
          }),
        },
      },
      {
        ...syncedTree,
        inspection: {
          scan: async () => {
            scans.push('scan');
            return syncedTree.inspection.scan();
          },
        },
        terminal: true,
        questions: { select: async () => 'no' as never },
      },
    ).harness;

  it('reads no scope file where the coordinator has just seen them all and nothing is to be done', async () => {
    const scans: string[] = [];
    const { stdout } = await harnessWith({ commands: [], unread: [] }, scans).run('sync', 'run');
    expect([stdout, scans]).toEqual(['0 scopes synced, 1 unchanged\n', []]);
    await harnessWith(undefined, scans).run('sync', 'run');
    expect(scans).toEqual(['scan']);
  });

  it('shows the commands that the coordinator has seen to their user, who has not allowed them', async () => {
    const declared = { commands: [[scopePath('api'), run]], unread: [] } as const;
    const { stderr } = await harnessWith(declared, []).run('sync', 'run');
    expect(stderr).toContain('Scopes of this repository run these commands:\n  api: make\n');
  });

  it('fails a scope whose definition the coordinator could not use', async () => {
    const scans: string[] = [];
    const harness = harnessWith({ commands: [], unread: [scopePath('web')] }, scans);
    expect((await harness.json('sync', 'run')).body).toMatchObject({
      details: { scopes: [{ scope: 'web', outcome: 'failed', error: 'its definition cannot be used' }] },
    });
    expect(scans).toEqual(['scan']);
  });
});

describe('sync fail', () => {
  it.each([
    [failed, 'the sync of api is failed; it may be retried in 5 s\n'],
    [{ ...failed, retryAtMs: asTimeMs(startMs) }, 'the sync of api is failed; it may be retried now\n'],
    [
      { ...failed, retriesLeft: 0 },
      'the sync of api is failed; its retries are used up: rhema sync reset api\n',
    ],
  ])('says when it may be retried, where it may be', async (sync, told) => {
    const { harness } = harnessOf([sync], () => ({
      kind: 'syncSet',
      scope: scopePath('api'),
      status: 'failed',
      retryAtMs: sync.retryAtMs,
    }));
    const words = ['sync', 'fail', 'api', '--run', '9', '--error', 'bad', '--agent', 'bob'];
    expect((await harness.run(...words)).stdout).toBe(told);
  });
});

it('sync complete takes the scopes of --against as it takes the scope: seen from the working folder', async () => {
  const { harness, coordinator } = harnessOf([], () => ({
    kind: 'syncSet',
    scope: scopePath('api'),
    status: 'completed',
    retryAtMs: null,
  }));
  await harness.run('sync', 'complete', './api', '--run', '9', '--against', './docs/=d', '--agent', 'bob');
  expect(coordinator.commands).toMatchObject([{ scope: 'api', syncedAgainst: { docs: 'd' } }]);
});

describe('sync status of what was undone', () => {
  const idle = syncView({ scope: scopePath('api'), status: 'idle', digest: null });
  const entry = (over: Partial<Entry>): Entry =>
    ({
      revision: asRevision(9),
      atMs: asTimeMs(startMs),
      agent: null,
      by: 'olga',
      events: [],
      ...over,
    }) as Entry;
  const invalidated = {
    kind: 'sync.invalidated',
    scope: scopePath('api'),
    cause: scopePath('core'),
  } as const;
  const aborted = {
    kind: 'sync.aborted',
    scope: scopePath('api'),
    run: asRevision(8),
    reason: 'too slow',
  } as const;

  it.each<[string, Partial<Entry>]>([
    [
      'core was changed by Git (pull)',
      {
        kind: 'GitOperation',
        events: [
          { kind: 'repository.changed', scopes: [scopePath('core')], operation: 'pull' },
          { ...aborted, reason: 'something it was synced from has changed' },
          invalidated,
        ],
      },
    ],
    ['its run was aborted by olga: too slow', { kind: 'AbortSync', events: [aborted] }],
    [
      'it was changed by bob, who wrote a context file',
      {
        kind: 'ContextModify',
        agent: 'bob' as Entry['agent'],
        by: null,
        events: [{ ...invalidated, cause: scopePath('api') }],
      },
    ],
    [
      'it was changed as olga said: new schema',
      {
        kind: 'InvalidateSync',
        events: [{ ...invalidated, cause: scopePath('api'), reason: 'new schema' }],
      },
    ],
  ])('says %s', async (told, over) => {
    const { harness } = bobsHarness(
      {
        answers: {
          status: () => statusAnswer({ syncs: [idle] }),
          scopes: () => ({ revision: asRevision(9), scopes: [scopeView('api')], problems: [] }),
          history: () => ({
            revision: asRevision(9),
            entries: [entry(over)],
            nextBefore: null,
            first: asRevision(1),
          }),
        },
      },
      syncedTree,
    );
    const { stdout } = await harness.run('sync', 'status');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`api idle ${told}, 0 s ago rhema sync run`);
  });
});
