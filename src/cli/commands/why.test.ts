import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type ResourceName } from '../../core/index.ts';
import type { LockView } from '../../protocol/index.ts';
import type { ScopesOfAnswer, WhyAnswer } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { Script } from '../testing/fake-coordinator.ts';
import { granted, renewed } from '../testing/entries.ts';
import { Harness, startMs, withoutClock } from '../testing/harness.ts';
import {
  agentId,
  agentView,
  lockView,
  nothingOf,
  scopePath,
  scopeView,
  statusAnswer,
  syncView,
  waiterView,
} from '../testing/samples.ts';

const harnessOf = (script: Script): Harness => new Harness({ coordinator: new FakeCoordinator(script) });

const inNoScope = (): ScopesOfAnswer => ({
  revision: asRevision(7),
  scopes: [null],
  free: [false],
  claim: 'file',
});

describe('why', () => {
  const scopes = { revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] };
  const blank = nothingOf({ kind: 'agent', agent: agentId('src/core') });
  const happened = [renewed, renewed, granted].map((event, index) => ({
    revision: asRevision(9 - index),
    atMs: asTimeMs(startMs - index * 60_000),
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
    const harness = harnessOf({ answers: { scopes: () => scopes, scopesOf: inNoScope, why: () => ofAgent } });
    expect(withoutClock((await harness.run('why', 'bob')).stdout)).toMatchInlineSnapshot(`
      "bob is blocked (epoch 2, joined 10 min ago, seen 5 s ago)
      waits for src/core: 40 s so far, position 1, until hh:mm:ss (in 4 min), ticket 6
      waits behind: src/core is held by alice since hh:mm:ss (3 min), for 'refactor auth', until hh:mm:ss (in 1 min), token 5
      "
    `);
  });

  it('tells what an agent is syncing', async () => {
    const runs = ['api', 'web'].map((scope) => syncView({ scope: scopePath(scope) }));
    const agent = agentView({ agent: agentId('bob'), status: 'idle', held: [], metadata: {} });
    const ofAgent: WhyAnswer = {
      ...blank,
      subject: { kind: 'agent', agent: agentId('bob') },
      agent,
      sync: runs[0] ?? null,
      runs,
    };
    const harness = harnessOf({
      answers: {
        scopes: () => scopes,
        scopesOf: inNoScope,
        why: () => ofAgent,
        status: () => statusAnswer({ agents: [agent], syncs: runs }),
      },
    });
    for (const words of [
      ['why', 'bob'],
      ['agent', 'status', 'bob'],
    ])
      expect(withoutClock((await harness.run(...words)).stdout)).toContain(
        'syncs api since hh:mm:ss (2 s), run 9\nsyncs web since hh:mm:ss (2 s), run 9\n',
      );
  });

  it.each([
    [false, 'it is in the scope src/core'],
    [true, 'it is free, needs no lock, and is in the scope src/core'],
  ])(
    'tells of a file that is not there yet where it would be, and whether it is free: %s',
    async (free, told) => {
      const harness = harnessOf({
        answers: {
          scopes: () => scopes,
          scopesOf: ({ paths }) => ({
            revision: asRevision(7),
            scopes: paths.map(() => scopePath('src/core')),
            free: paths.map(() => free),
            claim: 'file',
          }),
          why: ({ subject }) => (subject.kind === 'scope' ? ofScope : { ...blank, subject }),
        },
      });
      const { code, stdout } = await harness.run('why', 'src/core/new.ts');
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^src/core/new.ts: ${told}\nsrc/core is held by alice`));
    },
  );

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
      answers: {
        scopes: () => scopes,
        why: ({ subject }) => (subject.kind === 'scope' ? free : blank),
        status: () => statusAnswer({ locks: [lockView(), lockView({ scope: scopePath('src/api') })] }),
      },
    });
    expect((await harness.run('why', 'src/core')).stdout).toBe('src/core is free\n');
  });

  it('does not count who has but slots of resources among those', async () => {
    const free = { ...blank, subject: { kind: 'scope', scope: scopePath('src/core') } } as const;
    const { scope: _scope, file: _file, ...lock } = lockView({ agent: agentId('dan') });
    const slot: LockView = { ...lock, resource: '@deploy' as ResourceName, slot: 1 };
    const harness = harnessOf({
      answers: {
        scopes: () => scopes,
        why: ({ subject }) => (subject.kind === 'scope' ? free : blank),
        status: () =>
          statusAnswer({ locks: [slot, ...['a', 'b'].map((name) => lockView({ agent: agentId(name) }))] }),
      },
    });
    expect((await harness.run('why', 'src/core')).stdout).toBe('src/core is free\n');
  });

  it('says of a free scope that no more agents may hold locks, and who does', async () => {
    const free = { ...blank, subject: { kind: 'scope', scope: scopePath('src/core') } } as const;
    const locks = ['carol', 'alice', 'bob'].map((agent) => lockView({ agent: agentId(agent) }));
    const harness = harnessOf({
      answers: {
        scopes: () => scopes,
        why: ({ subject }) => (subject.kind === 'scope' ? free : blank),
        status: () => statusAnswer({ locks }),
      },
    });
    expect((await harness.run('why', 'src/core')).stdout.replaceAll('\n', ' ')).toContain(
      'is free but no more agents may hold locks now: alice, bob, carol do (max_concurrent_agents is 3)',
    );
    expect((await harness.json('why', 'src/core')).body).toMatchObject({
      crowd: { maxConcurrentAgents: 3, holders: ['alice', 'bob', 'carol'] },
    });
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
    // It was asked, and answered at that revision.
    expect([code, body['revision'], body['message']]).toEqual([
      2,
      7,
      `no scope or agent ${JSON.stringify(subject)} is known: ${lead}`,
    ]);
  });

  it.each([
    ['agent', 'src/core', 'there is a scope src/core; ask for that with --as scope'],
    ['agent', 'core', 'there is a scope src/core; ask for that with --as scope'],
    ['agent', 'alcie', 'did you mean alice?'],
    ['agent', 'xyzzy', 'see rhema agent list'],
    ['scope', 'alice', 'there is an agent alice; ask for that with --as agent'],
    ['scope', 'xyzzy', 'see rhema scope list'],
  ])('who asks for an %s called %s, which there is not, is told of the other', async (as, subject, lead) => {
    const view = agentView();
    const harness = harnessOf({
      answers: {
        scopes: () => ({ ...scopes, scopes: [scopeView('src/core', [], { name: 'core' })] }),
        status: () => statusAnswer({ agents: [view] }),
        why: ({ subject: asked }) => {
          const isAlice = asked.kind === 'agent' && asked.agent === 'alice';
          return { ...blank, subject: asked, agent: isAlice ? view : null };
        },
      },
    });
    const { code, body } = await harness.json('why', '--as', as, subject);
    expect([code, body['message']]).toEqual([2, `no ${as} ${JSON.stringify(subject)} is known: ${lead}`]);
  });

  it('of what lies in a scope tells the story of that scope, and says so', async () => {
    const liesAt = async () => 'folder' as const;
    const answers = {
      scopes: () => ({ ...scopes, scopes: [scopeView('.'), scopeView('src/core')] }),
      status: () => statusAnswer({}),
      why: ({ subject }: { readonly subject: WhyAnswer['subject'] }) => {
        const isCore = subject.kind === 'scope' && subject.scope === 'src/core';
        return isCore ? ofScope : { ...blank, subject };
      },
    };
    const coordinator = new FakeCoordinator({ answers });
    const harness = new Harness({ coordinator, inspection: { liesAt } });
    const { code, stdout } = await harness.run('why', 'src/core/lib.ts');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^src\/core\/lib.ts: it is in the scope src\/core\nsrc\/core is held by alice /),
    ]);
    expect((await harness.run('why', 'server.js')).stdout).toBe(
      'server.js: what lies there is in the top scope, .\n. is free\n',
    );
    expect((await harness.json('why', 'src/core/lib.ts')).body).toMatchObject({
      asked: 'src/core/lib.ts',
      subject: { kind: 'scope', scope: 'src/core' },
    });
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
