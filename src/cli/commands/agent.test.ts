import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, session, startMs, withoutClock } from '../testing/harness.ts';
import { agentId, agentView, lockView, scopePath, statusAnswer, waiterView } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

const joining = (): FakeCoordinator =>
  new FakeCoordinator({
    submit: () => ({
      kind: 'joined',
      agent: agentId('alice'),
      epoch: asRevision(7),
      sessionDeadlineMs: asTimeMs(startMs + 300_000),
    }),
  });

describe('agent join', () => {
  it('gives agent, epoch and the digest that names the session, and keeps the secret to itself', async () => {
    const harness = new Harness({ coordinator: joining() });
    const { code, body } = await harness.json('agent', 'join', 'alice');
    expect(code).toBe(0);
    expect(body).toEqual({
      ok: true,
      revision: 7,
      agent: 'alice',
      epoch: 7,
      session: createHash('sha256').update('secret').digest('hex'),
      sessionDeadline: '2026-11-22T14:10:00.000Z',
      sessionDeadlineMs: startMs + 300_000,
    });
    expect(harness.sessions.get(agentId('alice'))).toEqual({ agent: 'alice', epoch: 7, secret: 'secret' });
  });

  it('tells the others what it is', async () => {
    const coordinator = joining();
    await new Harness({ coordinator }).run(
      'agent',
      'join',
      'alice',
      '--task',
      'auth',
      '--meta',
      'pr=12',
      'a=b=c',
    );
    expect(coordinator.commands).toEqual([
      {
        kind: 'AgentJoin',
        agent: 'alice',
        secret: 'secret',
        metadata: { host: 'box.local', worktree: '/repo', task: 'auth', pr: '12', a: 'b=c' },
      },
    ]);
  });

  it('says how to go on', async () => {
    const { stdout } = await new Harness({ coordinator: joining() }).run('agent', 'join', 'alice');
    expect(stdout).toContain('use --agent alice, or: export RHEMA_AGENT=alice');
  });

  it('refuses a name that could be mistaken, before anybody is asked', async () => {
    const coordinator = joining();
    const { code, body } = await new Harness({ coordinator }).json('agent', 'join', '../..');
    expect([code, body['code']]).toEqual([2, 'INVALID_INPUT']);
    expect(coordinator.commands).toEqual([]);
  });

  it('refuses metadata that is not a pair', async () => {
    const { code, stderr } = await new Harness({ coordinator: joining() }).run(
      'agent',
      'join',
      'alice',
      '--meta',
      'x',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--meta x: write KEY=VALUE');
  });

  it('keeps no session when it is refused', async () => {
    const coordinator = new FakeCoordinator({
      submit: () => refusalOf('AGENT_ALREADY_JOINED', 'alice has joined'),
      answers: { status: () => statusAnswer({ agents: [] }) },
    });
    const harness = new Harness({ coordinator });
    const { code, stderr } = await harness.run('agent', 'join', 'alice');
    expect(code).toBe(3);
    expect(stderr).toBe('rhema: alice has joined (AGENT_ALREADY_JOINED)\n  try: rhema agent status alice\n');
    expect(harness.sessions.size).toBe(0);
  });
});

const contains = (text: string): unknown => expect.stringContaining(text);

describe('agent join under a name that is taken', () => {
  const coordinator = new FakeCoordinator({
    submit: () => refusalOf('AGENT_ALREADY_JOINED', 'alice has joined', { epoch: 3 }),
    answers: { status: () => statusAnswer({ agents: [agentView()] }) },
  });

  it('tells who has joined it from here how to go on', async () => {
    const harness = new Harness({ coordinator, sessions: [session('alice', 3)] });
    expect((await harness.run('agent', 'join', 'alice')).stderr).toContain(
      'it was joined from this account: go on with --agent alice\n  or end it: rhema agent leave alice\n',
    );
  });

  it('tells who cannot speak for it how to go on beside it', async () => {
    const held = [scopePath('api')];
    const answers = { status: () => statusAnswer({ agents: [agentView({ held })] }) };
    const submit = () => refusalOf('AGENT_ALREADY_JOINED', 'alice has joined', { epoch: 3 });
    const harness = new Harness({ coordinator: new FakeCoordinator({ submit, answers }) });
    const told = ['rhema agent join alice-2', 'rhema lock revoke api', 'alice is free again at'];
    const joined = await harness.run('agent', 'join', 'alice');
    const left = await harness.run('agent', 'leave', 'alice');
    for (const one of told) expect([joined.stderr, left.stderr]).toEqual([contains(one), contains(one)]);
    expect(left.stderr).not.toContain('run rhema agent join alice ');
  });

  it('does not, when the session here is of an earlier incarnation', async () => {
    const harness = new Harness({ coordinator, sessions: [session('alice', 2)] });
    expect((await harness.run('agent', 'join', 'alice')).stderr).not.toContain('go on with');
  });
});

describe('who acts', () => {
  const leaving = (): FakeCoordinator =>
    new FakeCoordinator({
      submit: () => ({ kind: 'left', released: [scopePath('src/core')], waited: null }),
      answers: { status: () => statusAnswer({ agents: [agentView()] }) },
    });

  it('is never guessed, even when only one has joined', async () => {
    const { code, body } = await new Harness({ coordinator: leaving(), sessions: [session('alice')] }).json(
      'agent',
      'leave',
    );
    expect([code, body['code']]).toEqual([2, 'USAGE']);
    expect(body['message']).toContain('--agent NAME, or set RHEMA_AGENT');
  });

  it('may be told by RHEMA_AGENT, and --agent comes first', async () => {
    const coordinator = leaving();
    const sessions = [session('alice'), session('bob')];
    const harness = new Harness({ coordinator, sessions, env: { RHEMA_AGENT: 'alice' } });
    await harness.run('agent', 'leave');
    await harness.run('agent', 'leave', '--agent', 'bob');
    expect(coordinator.commands).toMatchObject([{ agent: 'alice' }, { agent: 'bob' }]);
  });

  it.each(['leave', 'heartbeat', 'status'])('is one: agent %s with two names is refused', async (verb) => {
    const coordinator = leaving();
    const harness = new Harness({ coordinator, sessions: [session('alice'), session('bob')] });
    expect(await harness.run('agent', verb, 'alice', '--agent', 'bob')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('alice or --agent bob: name one agent'),
    });
    expect(coordinator.commands).toEqual([]);
  });

  it('may be told by RHEMA_AGENT where a command is about another', async () => {
    const coordinator = leaving();
    const harness = new Harness({ coordinator, env: { RHEMA_AGENT: 'bob' } });
    expect((await harness.run('agent', 'status', 'alice')).code).toBe(0);
  });

  it('must have joined here', async () => {
    const { code, body } = await new Harness({ coordinator: leaving() }).json('agent', 'leave', 'carol');
    expect([code, body['code']]).toEqual([3, 'NOT_JOINED']);
    expect(body['message']).toMatch(/on this account: run rhema agent join carol$/);
  });

  it('is not to be joined anew because its name was misspelt', async () => {
    const harness = new Harness({ coordinator: leaving() });
    expect((await harness.json('agent', 'leave', 'alcie')).body['message']).toMatch(
      /: did you mean alice\? Else run rhema agent join alcie$/,
    );
    expect((await harness.json('agent', 'leave', 'al')).body['message']).toContain('did you mean alice?');
    expect((await harness.json('agent', 'status', 'alcie')).body['message']).toBe(
      'no agent alcie is known here: did you mean alice?',
    );
  });
});

describe('agent leave', () => {
  it('says what came free and forgets the session', async () => {
    const coordinator = new FakeCoordinator({
      submit: () => ({ kind: 'left', released: [scopePath('src/core')], waited: null }),
    });
    const harness = new Harness({ coordinator, sessions: [session('alice')] });
    expect((await harness.run('agent', 'leave', 'alice')).stdout).toBe('alice has left; released src/core\n');
    expect(harness.sessions.size).toBe(0);
  });
});

describe('agent leave of one that is gone', () => {
  it.each([
    ['AGENT_LOST', 0, 0, 'alice was lost, with all that it held; its session is removed\n'],
    ['STALE_EPOCH', 0, 0, 'alice had left, or was lost, before; its session is removed\n'],
    ['AGENT_NOT_FOUND', 0, 0, 'alice had left, or was lost, before; its session is removed\n'],
    ['SESSION_MISMATCH', 1, 3, ''],
  ] as const)('is told of %s, and leaves %i sessions', async (code, sessions, exitCode, told) => {
    const coordinator = new FakeCoordinator({
      submit: () => refusalOf(code, 'gone', { lostAtMs: null } as object),
    });
    const harness = new Harness({ coordinator, sessions: [session('alice')] });
    expect(await harness.run('agent', 'leave', 'alice')).toMatchObject({ code: exitCode, stdout: told });
    expect(harness.sessions.size).toBe(sessions);
  });
});

describe('agent set', () => {
  const setting = (): FakeCoordinator =>
    new FakeCoordinator({ submit: () => ({ kind: 'statusSet', status: 'blocked', released: [] }) });

  it('sends status and reason', async () => {
    const coordinator = setting();
    const harness = new Harness({ coordinator, sessions: [session('alice')] });
    await harness.run('agent', 'set', 'blocked', '--reason', 'no schema', '--agent', 'alice');
    expect(coordinator.commands).toEqual([
      {
        kind: 'SetAgentStatus',
        agent: 'alice',
        epoch: 3,
        secret: 'secret',
        status: 'blocked',
        reason: 'no schema',
      },
    ]);
  });

  it.each([[['blocked']], [['busy']]])('refuses %j', async (words) => {
    const harness = new Harness({ coordinator: setting(), sessions: [session('alice')] });
    expect((await harness.run('agent', 'set', ...words, '--agent', 'alice')).code).toBe(2);
  });
});

describe('agent list and status', () => {
  const lost = agentView({
    agent: agentId('eve\u001b[2J'),
    presence: 'lost',
    status: 'idle',
    held: [],
    heldWhenLost: [scopePath('docs')],
    lostAtMs: asTimeMs(startMs - 60_000),
    seenAtMs: asTimeMs(startMs - 360_000),
  });
  const coordinator = new FakeCoordinator({
    answers: { status: () => statusAnswer({ agents: [agentView(), lost], locks: [lockView()] }) },
  });

  it('lists everyone in plain columns where nobody looks at a terminal, control characters escaped', async () => {
    const { stdout } = await new Harness({ coordinator }).run('agent', 'list');
    expect(stdout).toMatchInlineSnapshot(`
      "AGENT         STATUS   HOLDS     DOING          SEEN
      alice         working  src/core  refactor auth  5 s ago
      eve\\u001b[2J  lost               held docs      6 min ago
      "
    `);
  });

  it('says what they do: for what they hold a lock, and for what they wait', async () => {
    const idle = { metadata: {}, lastReport: null };
    const bob = agentView({ ...idle, agent: agentId('bob'), status: 'blocked', held: [] });
    const answer = statusAnswer({
      agents: [agentView(idle), bob],
      locks: [lockView()],
      waiters: [waiterView()],
    });
    const known = new FakeCoordinator({ answers: { status: () => answer } });
    const { stdout } = await new Harness({ coordinator: known }).run('agent', 'list');
    expect(stdout).toMatch(/^alice +working +src\/core +refactor auth +5 s ago$/m);
    expect(stdout).toMatch(/^bob +blocked +waits for src\/core +5 s ago$/m);
  });

  it('shows one agent with what it holds', async () => {
    const { stdout } = await new Harness({ coordinator, env: { TZ: 'UTC' } }).run('agent', 'status', 'alice');
    expect(stdout).toMatch(
      /^alice is working \(epoch 2, joined 10 min ago, seen 5 s ago\)\nholds src\/core since /,
    );
  });

  it.each([
    [
      { status: 'blocked', blockedReason: 'needs schema' },
      /^alice is blocked .*\nblocked: needs schema\nholds /,
    ],
    [
      { status: 'completed', blockedReason: null },
      /^alice is completed .*\nlast said 2 s ago: needs schema \(its status may have changed since\)\nholds /,
    ],
  ] as const)(
    'does not take what it said when it was blocked for how it goes now: %j',
    async (over, shown) => {
      const lastReport = { text: 'needs schema', atMs: asTimeMs(startMs - 2_000) };
      const status = () =>
        statusAnswer({ agents: [agentView({ ...over, lastReport })], locks: [lockView()] });
      const said = new FakeCoordinator({ answers: { status } });
      expect((await new Harness({ coordinator: said }).run('agent', 'status', 'alice')).stdout).toMatch(
        shown,
      );
    },
  );

  it('says when a wait ends with the session of who waits', async () => {
    const endsBefore = { atMs: asTimeMs(startMs + 30_000), cause: 'session' } as const;
    const waits = new FakeCoordinator({
      answers: {
        status: () =>
          statusAnswer({
            agents: [agentView()],
            waiters: [waiterView({ agent: agentId('alice'), endsBefore })],
          }),
      },
    });
    const { stdout } = await new Harness({ coordinator: waits }).run('agent', 'status', 'alice');
    expect(withoutClock(stdout)).toContain(
      'waits for src/core: 40 s so far, position 1, until hh:mm:ss (in 30 s), when the session of alice ends, ticket 6\n',
    );
  });

  it('refuses to show one that nobody knows', async () => {
    const { code, body } = await new Harness({ coordinator }).json('agent', 'status', 'zoe');
    expect([code, body['details']]).toEqual([2, { agent: 'zoe' }]);
  });
});
