import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import type { Result } from '../../core/index.ts';
import type { SyncView } from '../../protocol/index.ts';
import { bobsHarness, startMs } from '../testing/harness.ts';
import {
  agentId,
  emptyScan,
  scopePath,
  scopeView,
  statusAnswer,
  syncedTree,
  yamlProblem,
} from '../testing/samples.ts';

const set: Result = { kind: 'syncSet', scope: scopePath('api'), status: 'idle', retryAtMs: null };
const asBob = { agent: 'bob', epoch: 3, secret: 'secret' };

const scopes = {
  revision: asRevision(7),
  scopes: [
    scopeView('api', ['core'], { syncStatus: 'failed' }),
    scopeView('app', ['api', 'core']),
    scopeView('core', [], {
      syncStatus: 'completed',
      dependents: [scopePath('api')],
      holder: agentId('bob'),
    }),
    scopeView('docs'),
  ],
  problems: [],
};

describe('sync', () => {
  it('start tells the run, and the command that completes it', async () => {
    const { harness } = bobsHarness(
      { submit: () => ({ kind: 'syncStarted', scope: scopePath('api'), run: asRevision(9), attempt: 2 }) },
      syncedTree,
    );
    const { stdout } = await harness.run('sync', 'start', 'api', '--agent', 'bob');
    expect(stdout).toBe(
      'syncing api: run 9, attempt 2\nwhen it is done: rhema sync complete api --run 9 --agent bob\n',
    );
  });

  it.each([
    ['a problem', true, [{ ...yamlProblem, file: 'api/rhema.yaml' }], []],
    ['a definition that cannot be used', true, [], ['api']],
    ['a problem elsewhere', false, [{ ...yamlProblem, file: 'core/rhema.yaml' }], []],
  ] as const)(
    'start is refused while strict_mode is on and the scope has %s',
    async (_, isRefused, problems, unread) => {
      const started = {
        kind: 'syncStarted',
        scope: scopePath('api'),
        run: asRevision(9),
        attempt: 2,
      } as const;
      for (const strict of [true, false]) {
        const sync = { ...emptyScan.sync, strict, unread: unread.map(scopePath) };
        const scan = async () => ({ ...emptyScan, problems: [...problems], sync });
        const { harness, coordinator } = bobsHarness({ submit: () => started }, { inspection: { scan } });
        const { code, stderr } = await harness.run('sync', 'start', 'api', '--agent', 'bob');
        const isBlocked = strict && isRefused;
        expect([strict, code, coordinator.commands.length]).toEqual([
          strict,
          isBlocked ? 3 : 0,
          isBlocked ? 0 : 1,
        ]);
        if (isBlocked) expect(stderr).toMatch(/api is not synced while strict_mode is on: .*: mend it first/);
      }
    },
  );

  it.each([
    [
      ['complete', 'api', '--run', '9', '--digest', 'd', '--against', 'core=e', '--agent', 'bob'],
      { kind: 'CompleteSync', ...asBob, scope: 'api', run: 9, digest: 'd', syncedAgainst: { core: 'e' } },
    ],
    [
      ['fail', 'api', '--run', '9', '--error', 'bad', '--agent', 'bob'],
      { kind: 'FailSync', ...asBob, scope: 'api', run: 9, error: 'bad' },
    ],
    [['retry', 'api'], { kind: 'RetrySync', scope: 'api', by: 'olga' }],
    [['reset', 'api'], { kind: 'ResetSync', scope: 'api', by: 'olga' }],
    [['abort', 'api', '--reason', 'x'], { kind: 'AbortSync', scope: 'api', by: 'olga', reason: 'x' }],
  ])('%j sends %j', async (words, command) => {
    const { harness, coordinator } = bobsHarness({ submit: () => set });
    expect((await harness.run('sync', ...words)).stdout).toBe('the sync of api is idle\n');
    expect(coordinator.commands).toEqual([command]);
  });

  it('invalidate tells what is to be synced again', async () => {
    const again = [scopePath('core'), scopePath('api')];
    const { harness } = bobsHarness({ submit: () => ({ kind: 'invalidated', scopes: again }) });
    expect((await harness.run('sync', 'invalidate', 'core')).stdout).toBe('to be synced again: core, api\n');
  });

  it('complete must say which run', async () => {
    const { harness } = bobsHarness({});
    expect((await harness.run('sync', 'complete', 'api', '--agent', 'bob')).code).toBe(2);
    expect((await harness.run('sync', 'complete', 'api', '--run', 'x', '--agent', 'bob')).code).toBe(2);
  });

  it('plan fits on the terminal, a step going on below its own beginning', async () => {
    const many = Array.from({ length: 9 }, (_, at) => scopeView(`packages/number-${at}`));
    const answers = {
      scopes: () => ({ revision: asRevision(7), scopes: many, problems: [] }),
      status: () => statusAnswer({ syncs: [] }),
    };
    const { harness } = bobsHarness({ answers }, { terminal: true, columns: 50, ...syncedTree });
    const { stdout } = await harness.run('sync', 'plan');
    const lines = stdout.trimEnd().split('\n');
    expect(Math.max(...lines.map((told) => told.length))).toBeLessThanOrEqual(50);
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^1\. packages/),
      expect.stringMatching(/^ {3}packages/),
    ]);
  });

  it('plan puts what is not completed into steps, dependencies first', async () => {
    const answers = { scopes: () => scopes, status: () => statusAnswer({ syncs: [] }) };
    const { harness } = bobsHarness({ answers }, syncedTree);
    expect((await harness.run('sync', 'plan')).stdout).toBe(
      '1. docs (never synced)\n2. api (failed before)\n3. app (never synced)\n',
    );
    expect((await harness.run('sync', 'plan', 'api')).stdout).toBe('1. api (failed before)\n');
    expect((await harness.run('sync', 'plan', 'core')).stdout).toBe('everything is synced\n');
    expect((await harness.run('sync', 'plan', 'nowhere')).code).toBe(3);
  });

  it('status shows the named scopes only', async () => {
    const sync: SyncView = {
      scope: scopePath('api'),
      status: 'failed',
      failures: 1,
      retriesLeft: 2,
      run: asRevision(9),
      agent: agentId('bob'),
      startedAtMs: asTimeMs(startMs),
      endedAtMs: asTimeMs(startMs),
      error: 'bad schema',
      retryAtMs: asTimeMs(startMs + 5_000),
      digest: null,
    };
    const syncs = [sync, { ...sync, scope: scopePath('core') }];
    const answers = { status: () => statusAnswer({ syncs }), scopes: () => scopes };
    const { harness } = bobsHarness({ answers }, syncedTree);
    expect((await harness.run('sync', 'status', 'api')).stdout).toMatchInlineSnapshot(`
      "SCOPE  SYNC    WHY                     NEXT
      api    failed  bad schema (1 failure)  mend it, then rhema sync run
      "
    `);
    expect((await harness.run('sync', 'status', 'docs')).stdout).toBe('none of it was ever synced\n');
  });
});

describe('scope', () => {
  it('list shows holder and sync status', async () => {
    const { harness } = bobsHarness({ answers: { scopes: () => scopes } });
    expect((await harness.run('scope', 'list')).stdout).toMatchInlineSnapshot(`
      "SCOPE  NAME  TYPE     DEPENDS ON  NEEDED BY  HOLDER  SYNC
      api    api   library  1           0          -       failed
      app    app   library  2           0          -       idle
      core   core  library  0           1          bob     completed
      docs   docs  library  0           0          -       idle
      "
    `);
  });

  it('list does not advise rhema init where the file that lists them is broken', async () => {
    const problem = {
      severity: 'error',
      code: 'YAML_SYNTAX',
      file: 'rhema.yaml',
      line: 3,
      column: 1,
      message: 'is no YAML',
    } as const;
    const broken = { revision: asRevision(7), scopes: [], problems: [problem] };
    const { harness } = bobsHarness({ answers: { scopes: () => broken } });
    expect((await harness.run('scope', 'list')).stdout).toBe(
      'no scopes are known as long as this is not corrected:\n\nrhema.yaml:3:1: error: is no YAML (YAML_SYNTAX)\n',
    );
  });

  it('show tells about one, and refuses one that is not there as the coordinator would', async () => {
    const { harness } = bobsHarness({ answers: { scopes: () => scopes } });
    expect((await harness.run('scope', 'show', 'core')).stdout).toBe(
      'core core, library\nheld by bob\nsync: completed\ndepends on: nothing\nneeded by: api\n',
    );
    const { code, body } = await harness.json('scope', 'show', 'nowhere');
    expect([code, body['code']]).toEqual([3, 'SCOPE_NOT_FOUND']);
  });

  it('graph draws all of it, or what one scope leads to', async () => {
    const { harness } = bobsHarness({ answers: { scopes: () => scopes } });
    expect((await harness.run('scope', 'graph')).stdout).toBe('app\n├─ api\n│  └─ core\n└─ core\ndocs\n');
    expect((await harness.run('scope', 'graph', 'api')).stdout).toBe('api\n└─ core\n');
    expect((await harness.run('scope', 'graph', '--dot')).stdout).toContain('"api" -> "core";');
    expect((await harness.run('scope', 'graph', '--dot', '--mermaid')).code).toBe(2);
    for (const drawing of ['--dot', '--mermaid']) {
      const { code, body } = await harness.json('scope', 'graph', drawing);
      expect([code, body['message']]).toEqual([2, `${drawing} or --json, not both`]);
    }
  });

  it.each([
    [true, 0],
    [false, 3],
  ])('refresh that is accepted: %s ends with %i', async (accepted, code) => {
    const problem = {
      code: 'X',
      severity: 'warning',
      file: null,
      line: null,
      column: null,
      message: 'odd',
    } as const;
    const report = {
      revision: asRevision(7),
      accepted,
      scopes: 4,
      problems: [problem],
      atMs: asTimeMs(startMs),
    };
    const gone = scopeView('gone', [], { withdrawn: true });
    const inForce = { ...scopes, scopes: [...scopes.scopes, gone] };
    const { harness } = bobsHarness({ refresh: () => report, answers: { scopes: () => inForce } });
    const { code: ended, stdout, stderr } = await harness.run('scope', 'refresh');
    expect(ended).toBe(code);
    expect(stdout + stderr).toContain('scope graph: warning: odd (X)');
    expect(stdout + stderr).toContain(
      'gone is withdrawn: no scope file names it any more, and it goes once it',
    );
    expect(JSON.stringify((await harness.json('scope', 'refresh')).body)).toContain('"withdrawn":["gone"]');
  });
});
