import { describe, expect, it } from 'vitest';
import { asRevision, type FilePath, type ResourceName } from '../../core/index.ts';
import { CoordinatorError, type LockView } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { Script } from '../testing/fake-coordinator.ts';
import { entry, renewed } from '../testing/entries.ts';
import { Harness, until } from '../testing/harness.ts';
import { agentId, agentView, lockView, statusAnswer, waiterView, yamlProblem } from '../testing/samples.ts';

const harnessOf = (script: Script): Harness => new Harness({ coordinator: new FakeCoordinator(script) });

describe('status', () => {
  const status = statusAnswer({
    agents: [agentView()],
    locks: [lockView()],
    waiters: [waiterView()],
    violations: [{ invariant: 'LockConsistency', subject: 'src/core', evidence: 'two holders' }],
    scopeProblems: [yamlProblem],
  });

  it('of a moment that is still to come is refused at the newest revision', async () => {
    const early = new CoordinatorError('INVALID_INPUT', 'still to come', {
      details: { path: 'at.revision', newest: 7 },
    });
    const harness = harnessOf({
      answers: {
        status: () => {
          throw early;
        },
      },
    });
    expect((await harness.json('status', '--at', '@99')).body).toMatchObject({ ok: false, revision: 7 });
    expect((await harness.json('status', '--at', 'soon')).body).toMatchObject({ ok: false, revision: null });
  });

  it('shows everything at a glance', async () => {
    const { stdout } = await harnessOf({ answers: { status: () => status } }).run('status');
    expect(stdout).toMatchInlineSnapshot(`
      "revision 7, 2 scopes, 1 agent, 1 of 3 places taken, 1 waiting

      AGENT  STATUS   HOLDS     DOING          SEEN
      alice  working  src/core  refactor auth  5 s ago

      LOCK      HOLDER  HELD FOR  ENDS      QUEUE  TOKEN  REASON
      src/core  alice   3 min     in 1 min  1      5      refactor auth

      POSITION  WAITER  WANTS     WAITED  BUSY      REASON
      1         bob     src/core  40 s    src/core

      api/rhema.yaml:4:9: error: a tab (YAML_SYNTAX)

      LockConsistency on src/core: two holders
      "
    `);
  });

  it('counts as places those who hold in scopes, not those who have a resource alone', async () => {
    const { scope: _, file: __, ...held } = lockView();
    const git = { resource: '@git' as ResourceName, slot: 1 };
    const locks = [
      lockView(),
      lockView({ file: 'src/core/a.ts' as FilePath }),
      { ...held, ...git, agent: agentId('carol') },
      { ...held, ...git },
    ] as LockView[];
    const answers = { status: () => ({ ...status, locks }) };
    const { stdout } = await harnessOf({ answers }).run('status');
    expect(stdout).toContain(', 1 of 3 places taken,');
  });

  it('is of one moment or of all that come, not both', async () => {
    const { code, stderr } = await harnessOf({}).run('status', '--watch', '--at', '@3');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--watch.* cannot be used with .*--at/)]);
  });

  it('gives programs agents, locks, waiters, syncs and violations', async () => {
    const { body } = await harnessOf({ answers: { status: () => status } }).json('status');
    expect(body).toMatchObject({ ok: true, revision: 7, violations: [{ invariant: 'LockConsistency' }] });
    expect(Object.keys(body)).toEqual(
      expect.arrayContaining(['agents', 'locks', 'waiters', 'syncs', 'violations']),
    );
  });

  it('can look back', async () => {
    const coordinator = new FakeCoordinator({ answers: { status: () => status } });
    await new Harness({ coordinator }).run('status', '--at', '@5');
    expect(coordinator.queries).toEqual([{ kind: 'status', at: { kind: 'revision', revision: 5 } }]);
  });

  it('--watch --json prints a line now and one for each change, until it is interrupted', async () => {
    let revision = 7;
    const harness = harnessOf({
      answers: { status: () => ({ ...status, revision: asRevision(revision) }) },
      watch: async function* (signal) {
        revision = 8;
        yield entry(8, renewed);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    });
    const ended = harness.run('status', '--watch', '--json');
    await until(() => harness.stdout.split('\n').length === 3);
    harness.raise('SIGINT');
    expect((await ended).code).toBe(130);
    const revisions = harness.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(revisions).toEqual([7, 8]);
  });
});
