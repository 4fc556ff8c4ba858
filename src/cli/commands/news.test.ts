import { describe, expect, it } from 'vitest';
import {
  asRevision,
  asTimeMs,
  parseAgentId,
  parseScopePath,
  type AgentId,
  type Notice,
  type Rejection,
  type Result,
  type ScopePath,
} from '../../core/index.ts';
import type { NoticesAnswer, Query } from '../../protocol/index.ts';
import { startMs, type Script } from '../testing/fake-coordinator.ts';
import { bobsHarness, until } from '../testing/harness.ts';
import { nothingHappens } from '../testing/running.ts';
import { grant, statusAnswer } from '../testing/samples.ts';

const valueOf = <T>(parsed: { readonly ok: boolean; readonly value?: T }): T => parsed.value as T;
const bob = valueOf<AgentId>(parseAgentId('bob'));
const alice = valueOf<AgentId>(parseAgentId('alice'));
const scope = (text: string): ScopePath => valueOf<ScopePath>(parseScopePath(text));
const nowMs = asTimeMs(startMs);

const changed: Notice = {
  kind: 'changed',
  scope: scope('src/core'),
  dependents: { names: [scope('src/web')], count: 1 },
  change: {
    kind: 'held',
    agent: alice,
    end: {
      kind: 'lock.released',
      scope: scope('src/core'),
      agent: alice,
      token: asRevision(5),
      cause: 'released',
    },
    reason: 'new interface\u001b[2J',
    targets: { names: [scope('src/core')], count: 1 },
    changed: { files: [], count: 0 },
  },
  times: 1,
  revision: asRevision(6),
  atMs: asTimeMs(startMs - 60_000),
};

const served: Notice = {
  kind: 'waitServed',
  ticket: asRevision(6),
  token: asRevision(7),
  targets: { names: [scope('src/web')], count: 1 },
  deadlineMs: asTimeMs(startMs + 60_000),
};

const renewed: Result = { kind: 'renewed', sessionDeadlineMs: asTimeMs(startMs + 900_000), leases: [] };

/** A coordinator that tells these once, to whoever was not told up to revision 7. */
function harnessOf(
  notices: readonly Notice[],
  rest: Partial<NoticesAnswer> = {},
  said: Result | Rejection | NonNullable<Script['submit']> = renewed,
) {
  const asked: Extract<Query, { kind: 'notices' }>[] = [];
  const { harness } = bobsHarness({
    submit: typeof said === 'function' ? said : () => said,
    watch: nothingHappens,
    answers: {
      status: () => statusAnswer(),
      notices: (query) => {
        asked.push(query);
        const isNew = (query.after?.revision ?? 0) < 7;
        const upTo = { revision: asRevision(7), logMs: nowMs };
        return {
          revision: asRevision(7),
          nowMs,
          notices: isNew ? notices : [],
          left: 0,
          unread: null,
          upTo,
          ...rest,
        };
      },
    },
  });
  return { harness, asked };
}

describe('a command of an agent', () => {
  it('tells it on standard error, after the answer and once, what it has to know', async () => {
    const { harness, asked } = harnessOf([changed]);
    const first = await harness.run('agent', 'heartbeat', 'bob');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^bob is present/);
    expect(first.stderr).toBe(
      'rhema: CHANGED src/core, on which src/web depends: alice gave back src/core (for: new interface\\u001b[2J) 1 min ago; no file changed. Look at it before you go on.\n',
    );
    expect((await harness.run('agent', 'heartbeat', 'bob')).stderr).toBe('');
    expect(asked.map(({ after }) => after)).toEqual([null, { revision: 7, logMs: nowMs }]);
  });

  it('tells it in the envelope with --json, and in no other field', async () => {
    const { harness } = harnessOf([changed]);
    const { body } = await harness.json('agent', 'heartbeat', 'bob');
    expect(body).toMatchObject({ ok: true, agent: 'bob', notices: [{ kind: 'changed', scope: 'src/core' }] });
    expect(harness.stderr).toBe('');
    expect((await harness.json('agent', 'heartbeat', 'bob')).body).not.toHaveProperty('notices');
  });

  it('tells it beside a refusal, too, and not where its words were no command', async () => {
    const { harness } = harnessOf([changed], {}, {
      code: 'TRANSITION_NOT_ALLOWED',
      message: 'bob is idle',
      details: { agent: bob, from: 'idle', to: 'working' },
    } as unknown as Rejection);
    expect((await harness.run('agent', 'heartbeat', 'bob', '--agent', 'alice')).stderr).not.toContain(
      'CHANGED',
    );
    const { code, stderr } = await harness.run('agent', 'heartbeat', 'bob');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^rhema: bob is idle .*\n.*\nrhema: CHANGED /);
  });

  it('with --quiet tells nothing, which the next one does', async () => {
    const { harness } = harnessOf([changed]);
    expect((await harness.run('agent', 'heartbeat', 'bob', '--quiet')).stderr).toBe('');
    expect((await harness.run('agent', 'heartbeat', 'bob')).stderr).toContain('CHANGED');
  });

  it('with --json tells it in the envelope of the answer that a command under locks ends with', async () => {
    const { harness } = harnessOf([changed], {}, ({ kind }) => {
      if (kind === 'AcquireLock') return { kind: 'granted', locks: [grant('a')] };
      return kind === 'ReleaseLock'
        ? { kind: 'released', scopes: [scope('a')] }
        : { ...renewed, leases: [grant('a')] };
    });
    const running = harness.run('run', '--agent', 'bob', '--scope', 'a', '--json', '--', 'true');
    await until(() => harness.children.length === 1);
    harness.children[0]?.end({ kind: 'exited', code: 0 });
    const { stdout, stderr } = await running;
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, exitCode: 0, notices: [{ kind: 'changed' }] });
    expect((await harness.run('agent', 'heartbeat', 'bob')).stderr).not.toContain('CHANGED');
  });

  it('says what could not be told', async () => {
    const { harness } = harnessOf([], { left: 3, unread: { from: asRevision(2), to: asRevision(4) } });
    const { stderr } = await harness.run('agent', 'heartbeat', 'bob');
    expect(stderr).toContain('... and 3 more: rhema log');
    expect(stderr).toContain('What happened from @2 to @4 could not be looked at for you');
  });

  it('keeps nothing for a session that somebody else has replaced meanwhile', async () => {
    const { harness } = harnessOf([changed]);
    const before = harness.sessions.get(bob);
    await harness.run('agent', 'heartbeat', 'bob');
    expect(harness.sessions.get(bob)).toEqual({ ...before, toldUpTo: 7, toldUpToLogMs: nowMs });
  });
});

it('a wait that the command itself has told of is not told again', async () => {
  const { harness } = bobsHarness({
    submit: () => ({
      kind: 'queued',
      ticket: asRevision(6),
      position: 1,
      deadlineMs: asTimeMs(startMs + 60_000),
    }),
    awaitTicket: async () => ({
      kind: 'granted',
      revision: asRevision(7),
      locks: [
        {
          scope: scope('src/web'),
          token: asRevision(7),
          deadlineMs: asTimeMs(startMs + 60_000),
          contendedSinceMs: null,
        },
      ],
    }),
    answers: {
      notices: () => ({
        revision: asRevision(7),
        nowMs,
        notices: [served],
        left: 0,
        unread: null,
        upTo: { revision: asRevision(7), logMs: nowMs },
      }),
    },
  });
  const { code, stdout, stderr } = await harness.run(
    'lock',
    'acquire',
    'src/web',
    '--agent',
    'bob',
    '--wait',
  );
  expect(code).toBe(0);
  expect(stdout).toContain('bob holds src/web');
  expect(stderr).not.toContain('GRANTED');
  expect(harness.sessions.get(bob)).toMatchObject({ toldUpTo: 7 });
});
