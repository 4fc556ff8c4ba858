import { describe, expect, it } from 'vitest';
import { asDurationMs, asRevision, asTimeMs } from '../../core/index.ts';
import type { Entry, Event, Revision, SessionId } from '../../core/index.ts';
import type { WhyAnswer } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { Script } from '../testing/fake-coordinator.ts';
import { displayWidth } from '../format/width.ts';
import { Harness, startMs, until } from '../testing/harness.ts';
import {
  agentId,
  agentView,
  lockView,
  scopePath,
  scopeView,
  statusAnswer,
  waiterView,
  yamlProblem,
} from '../testing/samples.ts';

const harnessOf = (script: Script): Harness => new Harness({ coordinator: new FakeCoordinator(script) });
const withoutClock = (text: string): string => text.replaceAll(/\d\d:\d\d:\d\d/g, 'hh:mm:ss');

const granted: Event = {
  kind: 'lock.granted',
  scope: scopePath('src/core'),
  agent: agentId('alice'),
  epoch: asRevision(2),
  ticket: null,
  ttlMs: asDurationMs(60_000),
  deadlineMs: asTimeMs(startMs),
  reason: 'refactor auth',
};
const renewed: Event = {
  kind: 'lock.renewed',
  scope: scopePath('src/core'),
  agent: agentId('alice'),
  ttlMs: asDurationMs(60_000),
  deadlineMs: asTimeMs(startMs + 60_000),
};
const left: Event = { kind: 'agent.left', agent: agentId('bob') };

function entry(revision: number, ...events: readonly Event[]): Entry {
  return {
    revision: asRevision(revision),
    atMs: asTimeMs(startMs - 60_000 + revision),
    kind: 'AcquireLock',
    agent: agentId('alice'),
    by: null,
    requestId: null,
    events,
    result: { kind: 'done' },
  };
}

describe('on a terminal', () => {
  const task = 'rework the login flow of the web shop 店舗のログイン 🫠';
  const crowded = statusAnswer({
    agents: [agentView({ metadata: { task }, held: [scopePath('services/authentication/tokens')] })],
    locks: [lockView({ reason: task, scope: scopePath('services/authentication/tokens') })],
    waiters: [waiterView({ reason: task, waitsFor: [scopePath('services/authentication/tokens')] })],
    violations: [{ invariant: 'LockConsistency', subject: 'src/core', evidence: task }],
    scopeProblems: [{ ...yamlProblem, message: task }],
    syncs: [
      {
        scope: scopePath('services/authentication/tokens'),
        status: 'failed',
        agent: agentId('alice'),
        run: asRevision(9),
        startedAtMs: null,
        endedAtMs: null,
        digest: null,
        failures: 2,
        retriesLeft: 1,
        error: task,
        retryAtMs: null,
      },
    ],
  });
  const script = {
    answers: {
      status: () => crowded,
      scopes: () => ({
        revision: asRevision(7),
        scopes: [scopeView('services/authentication/tokens', [], { name: task })],
        problems: [],
      }),
      why: ({ subject }) => ({
        revision: asRevision(7),
        timeMs: asTimeMs(startMs),
        subject,
        agent: null,
        locks: subject.kind === 'scope' ? crowded.locks : [],
        waiters: [],
        sync: null,
        waitsFor: [],
        happened: [],
      }),
    },
  } satisfies Script;

  it.each([30, 40, 80, 120])('of %i columns nothing is wider than that', async (columns) => {
    const harness = new Harness({ coordinator: new FakeCoordinator(script), terminal: true, columns });
    for (const words of [
      ['status'],
      ['lock', 'list'],
      ['agent', 'list'],
      ['agent', 'status', 'alice'],
      ['scope', 'list'],
      ['scope', 'show', 'services/authentication/tokens'],
      ['why', 'services/authentication/tokens'],
    ]) {
      const { stdout } = await harness.run(...words);
      expect(Math.max(...stdout.split('\n').map(displayWidth)), words.join(' ')).toBeLessThanOrEqual(columns);
      expect(stdout.replaceAll(/[│\s]+/g, ' ')).toMatch(/alice|rework/);
    }
  });

  it('elsewhere nothing is broken or cut', async () => {
    const harness = new Harness({ coordinator: new FakeCoordinator(script), columns: 40 });
    expect((await harness.run('status')).stdout).toContain(task);
  });
});

describe('status', () => {
  const status = statusAnswer({
    agents: [agentView()],
    locks: [lockView()],
    waiters: [waiterView()],
    violations: [{ invariant: 'LockConsistency', subject: 'src/core', evidence: 'two holders' }],
    scopeProblems: [
      {
        code: 'YAML_SYNTAX',
        severity: 'error',
        file: 'api/rhema.yaml',
        line: 4,
        column: 9,
        message: 'a tab',
      },
    ],
  });

  it('shows everything at a glance', async () => {
    const { stdout } = await harnessOf({ answers: { status: () => status } }).run('status');
    expect(stdout).toMatchInlineSnapshot(`
      "revision 7, 2 scopes, 1 agent, 1 of 3 places taken, 1 waiting

      AGENT  STATUS   HOLDS     DOING  SEEN
      alice  working  src/core  auth   5 s ago

      SCOPE     HOLDER  HELD FOR  ENDS      QUEUE  TOKEN  REASON
      src/core  alice   3 min     in 1 min  1      5      refactor auth

      PLACE  WAITER  WANTS     WAITED  BUSY      REASON
      1      bob     src/core  40 s    src/core

      api/rhema.yaml:4:9: error: a tab (YAML_SYNTAX)

      LockConsistency on src/core: two holders
      "
    `);
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
    expect((await ended).code).toBe(0);
    const revisions = harness.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(revisions).toEqual([7, 8]);
  });
});

describe('a scope that no file names any more, but somebody uses', () => {
  const scope = scopePath('src/core');
  const answers = {
    status: () =>
      statusAnswer({
        locks: [lockView({ withdrawn: true })],
        waiters: [waiterView({ withdrawn: [scope], scopes: [scope, scopePath('src/api')] })],
        agents: [agentView()],
      }),
    scopes: () => ({
      revision: asRevision(7),
      scopes: [scopeView('src/core', [], { withdrawn: true }), scopeView('src/api')],
      problems: [],
    }),
  } as const;

  it.each([
    [['status'], 'src/core (withdrawn)  alice '],
    [['status'], 'src/core (withdrawn), src/api '],
    [['lock', 'list'], 'src/core (withdrawn)  alice '],
    [['scope', 'list'], 'src/core (withdrawn)  core '],
    [
      ['scope', 'show', 'src/core'],
      'withdrawn: no scope file names it any more, and it goes once it is free',
    ],
    [['agent', 'status', 'alice'], '; withdrawn: no scope file names it'],
  ])('is shown as withdrawn by %j', async (words, told) => {
    expect((await harnessOf({ answers }).run(...words)).stdout).toContain(told);
  });
});

describe('log', () => {
  const history = { revision: asRevision(7), nextBefore: null, first: asRevision(1) };

  it('tells the newest last, with the events of one command together', async () => {
    const entries = [entry(6, left, granted), entry(5, granted)];
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    expect(withoutClock(stdout)).toMatchInlineSnapshot(`
      "@5 hh:mm:ss alice was granted src/core for 1 min: refactor auth
      @6 hh:mm:ss alice: AcquireLock
          bob left
          alice was granted src/core for 1 min: refactor auth
      "
    `);
  });

  it('shows so many events of one entry at most', async () => {
    const entries = [entry(6, ...Array.from({ length: 200 }, () => left))];
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('    ... and 180 more events of revision 6: --json has all');
  });

  it('tells who took over an agent, and a reason that was given anew', async () => {
    const resumed = {
      kind: 'agent.resumed',
      agent: agentId('alice'),
      session: 'x' as SessionId,
      from: 'olga',
    } as const;
    const entries = [
      entry(7, { ...resumed, way: 'takeOver' }),
      entry(6, { ...resumed, way: 'resume' }),
      entry(5, { ...renewed, reason: 'the login' }),
    ];
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    expect(stdout).toContain('alice renewed src/core: the login\n');
    expect(stdout).toContain('alice goes on in another process (olga)\n');
    expect(stdout).toContain('olga took over alice, whose process is refused from then on\n');
  });

  it('asks for what the options say', async () => {
    const entries = [entry(5, granted)];
    const coordinator = new FakeCoordinator({ answers: { history: () => ({ ...history, entries }) } });
    const options = [
      '--agent',
      'alice',
      '--scope',
      'src/core',
      '--since',
      '10m',
      '--event',
      'lock',
      'agent.left',
    ];
    await new Harness({ coordinator }).run('log', ...options, '--limit', '7');
    expect(coordinator.queries).toEqual([
      {
        kind: 'history',
        filter: {
          agent: 'alice',
          scope: 'src/core',
          sinceMs: startMs - 600_000,
          events: ['lock', 'agent.left'],
        },
        limit: 7,
        before: null,
      },
    ]);
  });

  it('turns pages until it has enough', async () => {
    const pages: (Revision | null)[] = [];
    const harness = harnessOf({
      answers: {
        history: ({ before }) => {
          pages.push(before);
          const top = before === null ? 20 : before - 1;
          return {
            ...history,
            entries: [entry(top, left), entry(top - 1, left)],
            nextBefore: asRevision(top - 1),
          };
        },
      },
    });
    const { body } = await harness.json('log', '--limit', '4');
    expect(pages).toEqual([null, 19]);
    expect((body['entries'] as Entry[]).map((one) => one.revision)).toEqual([17, 18, 19, 20]);
  });

  it('says that older entries are left out, to programs and to people', async () => {
    const entries = [entry(20, left), entry(19, left)];
    const page = { ...history, entries, nextBefore: asRevision(19) };
    const { body } = await harnessOf({ answers: { history: () => page } }).json('log', '--limit', '2');
    expect(body).toMatchObject({ more: true, nextBefore: 19 });
    const told = await harnessOf({ answers: { history: () => page } }).run('log', '--limit', '2');
    expect(told.stdout).toContain('older entries are left out: these are the last 2 (--limit)');
    const whole = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).json('log');
    expect(whole.body).toMatchObject({ more: false, nextBefore: null });
  });

  it.each(['0', '-1', 'x', '1000000000'])('refuses --limit %s', async (limit) => {
    expect((await harnessOf({}).run('log', `--limit=${limit}`)).code).toBe(2);
  });

  it('--follow goes on with what comes and passes the same filter', async () => {
    const harness = harnessOf({
      answers: { history: () => ({ ...history, entries: [entry(7, granted)] }) },
      watch: async function* () {
        yield entry(8, renewed);
        yield entry(9, left);
        yield entry(10, granted);
      },
    });
    await harness.run('log', '--follow', '--event', 'lock.granted', '--json');
    const revisions = harness.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(revisions).toEqual([7, 10]);
  });
});

describe('lock history', () => {
  it('asks for locks and tickets of the scope', async () => {
    const answer = {
      revision: asRevision(7),
      entries: [entry(5, granted)],
      nextBefore: null,
      first: asRevision(1),
    };
    const coordinator = new FakeCoordinator({ answers: { history: () => answer } });
    const { stdout } = await new Harness({ coordinator }).run('lock', 'history', 'src/core');
    expect(coordinator.queries).toMatchObject([
      { filter: { scope: 'src/core', events: ['lock', 'ticket'] } },
    ]);
    expect(withoutClock(stdout)).toBe('@5 hh:mm:ss alice was granted src/core for 1 min: refactor auth\n');
  });
});

describe('why', () => {
  const scopes = { revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] };
  const blank: WhyAnswer = {
    revision: asRevision(7),
    timeMs: asTimeMs(startMs),
    subject: { kind: 'agent', agent: agentId('src/core') },
    agent: null,
    locks: [],
    waiters: [],
    sync: null,
    waitsFor: [],
    happened: [],
  };
  const happened = [renewed, renewed, granted].map((event, place) => ({
    revision: asRevision(9 - place),
    atMs: asTimeMs(startMs - place * 60_000),
    command: 'Heartbeat' as const,
    by: null,
    event,
  }));
  const ofScope: WhyAnswer = {
    ...blank,
    subject: { kind: 'scope', scope: scopePath('src/core') },
    locks: [lockView()],
    waiters: [
      waiterView(),
      waiterView({ agent: agentId('carol'), sinceMs: asTimeMs(startMs - 5_000), reason: 'docs' }),
    ],
    happened,
  };

  it('tells the story of a scope, repeated renewals once', async () => {
    const harness = harnessOf({
      answers: { scopes: () => scopes, why: ({ subject }) => (subject.kind === 'scope' ? ofScope : blank) },
    });
    const { code, stdout } = await harness.run('why', 'src/core');
    expect(code).toBe(0);
    expect(withoutClock(stdout)).toMatchInlineSnapshot(`
      "src/core is held by alice since hh:mm:ss (3 min), for 'refactor auth', until hh:mm:ss (in 1 min), token 5
      bob waits (1st, 40 s)
      carol waits (2nd, 5 s, for 'docs')

      happened, newest first:
        @9 hh:mm:ss alice renewed src/core (2 times since hh:mm:ss)
        @7 hh:mm:ss alice was granted src/core for 1 min: refactor auth
      "
    `);
  });

  it('tells the story of an agent, and whom it waits for', async () => {
    const ofAgent: WhyAnswer = {
      ...blank,
      subject: { kind: 'agent', agent: agentId('bob') },
      agent: agentView({ agent: agentId('bob'), status: 'blocked', held: [], metadata: {} }),
      waiters: [waiterView()],
      waitsFor: [lockView()],
    };
    const harness = harnessOf({ answers: { scopes: () => scopes, why: () => ofAgent } });
    expect(withoutClock((await harness.run('why', 'bob')).stdout)).toMatchInlineSnapshot(`
      "bob is blocked (epoch 2, joined 10 min ago, seen 5 s ago)
      waits for src/core: 40 s so far, place 1, until hh:mm:ss, ticket 6
      waits behind: src/core is held by alice since hh:mm:ss (3 min), for 'refactor auth', until hh:mm:ss (in 1 min), token 5
      "
    `);
  });

  it('says at which revision it looked when it looks back', async () => {
    const coordinator = new FakeCoordinator({
      answers: { scopes: () => scopes, why: ({ subject }) => (subject.kind === 'scope' ? ofScope : blank) },
    });
    const { stdout } = await new Harness({ coordinator }).run('why', 'src/core', '--at', '@7');
    expect(stdout).toContain('at revision 7, 2026-11-22T14:05:00.000Z:\n');
    expect(coordinator.queries.at(-1)).toMatchObject({ at: { kind: 'revision', revision: 7 } });
  });

  it('says that a scope is free when there is nothing to tell', async () => {
    const free = { ...blank, subject: { kind: 'scope', scope: scopePath('src/core') } } as const;
    const harness = harnessOf({
      answers: { scopes: () => scopes, why: ({ subject }) => (subject.kind === 'scope' ? free : blank) },
    });
    expect((await harness.run('why', 'src/core')).stdout).toBe('src/core is free\n');
  });

  it('asks which is meant when a name is an agent and a scope', async () => {
    const harness = harnessOf({
      answers: { scopes: () => scopes, why: () => ({ ...blank, agent: agentView() }) },
    });
    const { code, stderr } = await harness.run('why', 'src/core');
    expect([code, stderr]).toEqual([2, expect.stringContaining('add --as agent, or --as scope')]);
  });

  it.each([
    ['src/cor', 'did you mean src/core?'],
    ['src/core/lib.ts', 'it is in the scope src/core'],
    ['alcie', 'did you mean alice?'],
    ['xyzzy', 'see rhema scope list and rhema agent list'],
  ])('leads from %s, which nobody knows, to what was meant', async (subject, lead) => {
    const harness = harnessOf({
      answers: {
        scopes: () => scopes,
        status: () => statusAnswer({ agents: [agentView()] }),
        why: ({ subject }) => ({ ...blank, subject }),
      },
    });
    const { code, body } = await harness.json('why', subject);
    expect([code, body['message']]).toEqual([
      2,
      `no scope or agent ${JSON.stringify(subject)} is known: ${lead}`,
    ]);
  });

  it.each([
    ['scope', 'show'],
    ['scope', 'graph'],
    ['sync', 'plan'],
  ])('rhema %s %s leads from a file to its scope', async (...words) => {
    const harness = harnessOf({ answers: { scopes: () => scopes } });
    const { code, body } = await harness.json(...words, 'src/core/lib.ts');
    expect([code, body['message']]).toEqual([
      3,
      'there is no scope "src/core/lib.ts": it is in the scope src/core',
    ]);
  });
});
