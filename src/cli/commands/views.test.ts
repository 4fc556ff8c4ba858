import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type FilePath, type ScopePath } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { Script } from '../testing/fake-coordinator.ts';
import { displayWidth } from '../format/width.ts';
import { entry, granted, left } from '../testing/entries.ts';
import { Harness, startMs } from '../testing/harness.ts';
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
      history: () => ({
        revision: asRevision(7),
        entries: [entry(6, left, { ...granted, reason: task }), entry(5, { ...granted, reason: task })],
        nextBefore: asRevision(5),
        first: asRevision(1),
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
      ['log', '--limit', '2'],
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

it('a file that is called like a resource is told apart from it', async () => {
  const held = [scopePath('@git'), '@git#1' as unknown as ScopePath];
  const locks = [lockView({ scope: scopePath('.'), file: '@git' as FilePath })];
  const answers = { status: () => statusAnswer({ agents: [agentView({ held })], locks }) };
  const { stdout } = await new Harness({ coordinator: new FakeCoordinator({ answers }) }).run('status');
  expect(stdout).toMatch(/\.\/@git, @git /);
  expect(stdout).toMatch(/^\.\/@git /m);
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

  it('is not taken for a folder that is called as the mark is', async () => {
    const path = scopePath('a (withdrawn)');
    const named = {
      status: () => statusAnswer({ locks: [lockView({ scope: path })], agents: [agentView()] }),
      scopes: () => ({ revision: asRevision(7), scopes: [scopeView(path)], problems: [] }),
    };
    for (const words of [['status'], ['lock', 'list'], ['scope', 'list']])
      expect((await harnessOf({ answers: named }).run(...words)).stdout).toContain('"a (withdrawn)"');
  });
});
