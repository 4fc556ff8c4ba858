import { describe, expect, it } from 'vitest';
import { asRevision, type Rejection, type Result, type ScopePath } from '../../core/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { Harness, session, until } from '../testing/harness.ts';
import { Running, underCore } from '../testing/running.ts';
import { agentId, lockHeld, lockView, scopePath, scopeView } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

describe('run', () => {
  it('joins, locks, runs the command with the token in its environment, and leaves', async () => {
    const running = new Running(
      ['--scope', 'src/core', 'src/api', '--', 'make', '-j'],
      {},
      { env: { PATH: '/bin' } },
    );
    const child = await running.child();
    expect(child.command).toEqual({
      file: 'make',
      args: ['-j'],
      cwd: '/repo',
      ownGroup: true,
      endInMs: 59_000,
      graceMs: 5_000,
      env: {
        PATH: '/bin',
        RHEMA_AGENT: 'run-box-local-4711',
        RHEMA_EPOCH: '3',
        RHEMA_TOKEN: '12',
        RHEMA_SCOPE: 'src/api',
        RHEMA_SCOPES: 'src/api\nsrc/core',
        RHEMA_DEADLINE: '2026-11-22T14:06:00.000Z',
        RHEMA_RUN: 'request;',
      },
    });
    expect(running.harness.sessions.has(agentId('run-box-local-4711'))).toBe(true);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
    expect(running.kinds).toEqual(['AgentJoin', 'AcquireLock', 'Heartbeat', 'AgentLeave']);
    expect(running.harness.sessions.size).toBe(0);
  });

  it('over a server it joins under a name that the token lets in', async () => {
    const running = new Running(
      ['--scope', 'src/core', '--', 'make'],
      {},
      {
        env: { RHEMA_SERVER: 'http://127.0.0.1:7421' },
        servers: {
          token: async () => 'rhema_x',
          whoAmI: async () => ({ name: 'ci', role: 'agent', agents: ['ci-*'] }),
        },
      },
    );
    const child = await running.child();
    expect(child.command.env).toMatchObject({ RHEMA_AGENT: 'ci-run-box-local-4711' });
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
  });

  it.each([
    [[], 'rhema: src/nope is no scope: it is locked as a file that is not there yet\n'],
    [['--quiet'], ''],
    [['--json'], ''],
  ])('says before its command that what it locks is no scope, and not there yet: %j', async (words, said) => {
    const answers = {
      scopes: () => ({ revision: asRevision(1), scopes: [scopeView('src/core')], problems: [] }),
      scopesOf: ({ paths }: { readonly paths: readonly ScopePath[] }) => ({
        revision: asRevision(1),
        scopes: paths.map((path) => (path === 'src/core' ? path : scopePath('.'))),
        free: paths.map(() => false),
        claim: 'file' as const,
      }),
    };
    const running = new Running([...words, '--scope', 'src/core', 'src/nope', '--', 'make'], { answers });
    (await running.child()).end({ kind: 'exited', code: 0 });
    expect((await running.ended).stderr).toBe(said);
  });

  it.each([
    [{ kind: 'exited', code: 7 } as const, 7],
    [{ kind: 'signalled', signalNumber: 9 } as const, 137],
  ])('passes on that its command %j', async (end, code) => {
    const running = new Running(underCore);
    (await running.child()).end(end);
    expect((await running.ended).code).toBe(code);
    expect(running.kinds.at(-1)).toBe('AgentLeave');
  });

  it.each([
    [{ kind: 'exited', code: 0 } as const, { ok: true, exitCode: 0 }],
    [{ kind: 'exited', code: 7 } as const, { ok: false, code: 'COMMAND_FAILED', details: { exitCode: 7 } }],
  ])('with --json has one answer on standard output, and nothing else there: %j', async (end, answer) => {
    const running = new Running(['--json', ...underCore]);
    const child = await running.child();
    expect(child.command.saysBeside).toBe(true);
    child.end(end);
    const { stdout, code } = await running.ended;
    expect(JSON.parse(stdout)).toMatchObject(answer);
    expect(code).toBe(end.code);
  });

  it.each([
    [['--', '/usr/bin/make', '--password=secret'], 'make'],
    [['--reason', 'the nightly build', '--', 'make', '-j'], 'the nightly build'],
  ])('says as the purpose of the lock no more than its program, unless told: %j', async (words, reason) => {
    const running = new Running(['--scope', 'src/core', ...words]);
    (await running.child()).end({ kind: 'exited', code: 0 });
    await running.ended;
    expect(running.coordinator.commands[1]).toMatchObject({ kind: 'AcquireLock', reason });
  });

  it('does not start the command when it is refused, and leaves', async () => {
    const running = new Running(underCore, { acquire: lockHeld });
    expect((await running.ended).code).toBe(3);
    expect(running.harness.children).toEqual([]);
    expect(running.kinds).toEqual(['AgentJoin', 'AcquireLock', 'AgentLeave']);
  });

  it('leaves also when the command does not exist', async () => {
    const running = new Running(underCore);
    (await running.child()).failToStart(Object.assign(new Error('spawn make ENOENT'), { code: 'ENOENT' }));
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([127, 'rhema: make: there is no such command (COMMAND_NOT_STARTED)\n']);
    expect(running.kinds.at(-1)).toBe('AgentLeave');
  });

  it('says why its command cannot be run once, and what the system calls it', async () => {
    const running = new Running(underCore);
    (await running.child()).failToStart(Object.assign(new Error('spawn make EACCES'), { code: 'EACCES' }));
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([
      126,
      'rhema: make: it is no program that this user may run (EACCES) (COMMAND_NOT_STARTED)\n',
    ]);
  });

  it('refuses what it cannot read before it joins', async () => {
    const running = new Running(['--ttl', 'soon', ...underCore]);
    expect((await running.ended).code).toBe(2);
    expect(running.kinds).toEqual([]);
  });

  it('just runs the command where coordination is disabled', async () => {
    const harness = new Harness({ coordinator: new CoordinatorError('DISABLED', 'disabled') });
    const ended = harness.run('run', ...underCore);
    await until(() => harness.children.length === 1);
    expect(harness.children[0]?.command.env).toEqual({});
    harness.children[0]?.end({ kind: 'exited', code: 5 });
    expect((await ended).code).toBe(5);
  });
});

describe('run under a session that exists', () => {
  const sessions = [session('bob')];

  it('goes on as that agent: releases, but does not leave', async () => {
    const running = new Running(underCore, {}, { sessions, env: { RHEMA_AGENT: 'bob' } });
    (await running.child()).end({ kind: 'exited', code: 0 });
    await running.ended;
    expect(running.kinds).toEqual(['AcquireLock', 'Heartbeat', 'ReleaseLock']);
    expect(running.coordinator.commands.at(-1)).toMatchObject({
      agent: 'bob',
      scopes: ['src/core'],
      token: 12,
    });
  });

  it.each([
    [[], null],
    [['--reason', 'deploy'], 'deploy'],
  ])(
    'leaves the purpose of what the agent holds already as it is, unless told another: %j',
    async (words, reason) => {
      const held = [
        lockView({ agent: agentId('bob'), epoch: asRevision(3), token: asRevision(12), reason: 'mine' }),
      ];
      const running = new Running(
        [...words, ...underCore],
        { held },
        { sessions, env: { RHEMA_AGENT: 'bob' } },
      );
      (await running.child()).end({ kind: 'exited', code: 0 });
      await running.ended;
      expect(running.coordinator.commands[0]).toMatchObject({ kind: 'AcquireLock', reason });
    },
  );

  it('does not give back what the agent held before', async () => {
    const held = [lockView({ agent: agentId('bob'), token: asRevision(12) })];
    const running = new Running(underCore, { held }, { sessions, env: { RHEMA_AGENT: 'bob' } });
    (await running.child()).end({ kind: 'exited', code: 0 });
    await running.ended;
    expect(running.kinds).toEqual(['AcquireLock', 'Heartbeat']);
  });
});

describe('signals to run', () => {
  it.each(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s is passed on, and everything is given back',
    async (signal) => {
      const running = new Running(underCore);
      const child = await running.child();
      running.harness.raise(signal);
      expect(child.signals).toEqual([signal]);
      child.end({ kind: 'signalled', signalNumber: 2 });
      expect((await running.ended).code).toBe(130);
      expect(running.kinds.at(-1)).toBe('AgentLeave');
    },
  );

  it('never end it before its command has ended, however many there are', async () => {
    const running = new Running(underCore);
    const child = await running.child();
    for (let count = 0; count < 3; count += 1) {
      running.harness.raise('SIGINT');
      await running.harness.clock.advance(1_000);
    }
    expect(child.signals).toEqual(['SIGINT', 'SIGINT', 'SIGINT']);
    child.end({ kind: 'exited', code: 7 });
    expect((await running.ended).code).toBe(7);
    expect(running.kinds.at(-1)).toBe('AgentLeave');
    expect(running.harness.endedBy).toBeNull();
  });

  it('do not double the Ctrl-C that a command on a terminal gets from there', async () => {
    const running = new Running(underCore, {}, { terminal: true });
    const child = await running.child();
    expect(child.command.ownGroup).toBe(false);
    running.harness.raise('SIGINT');
    running.harness.raise('SIGQUIT');
    running.harness.raise('SIGTERM');
    expect(child.signals).toEqual(['SIGTERM']);
    child.end({ kind: 'exited', code: 0 });
    await running.ended;
  });

  it('before the command has begun keep it from beginning', async () => {
    const running: Running = new Running(underCore, { onAcquire: () => running.harness.raise('SIGTERM') });
    expect((await running.ended).code).toBe(143);
    expect(running.harness.children).toEqual([]);
    expect(running.kinds.at(-1)).toBe('AgentLeave');
  });
});

describe('what run gives back', () => {
  it.each<[string, Result | Rejection]>([
    ['its lock went to somebody else', { kind: 'left', released: [], waited: null }],
    ['nobody knows it any more', refusalOf('AGENT_NOT_FOUND', 'no such agent')],
  ])('by leaving, when it has joined; where %s, that is told', async (_what, leave) => {
    const running = new Running(underCore, { leave });
    (await running.child()).end({ kind: 'exited', code: 0 });
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('src/core was lost before the command ended: see rhema why src/core');
    expect(running.kinds).toEqual(['AgentJoin', 'AcquireLock', 'Heartbeat', 'AgentLeave']);
  });

  const sessions = [session('bob')];
  const asBob = { sessions, env: { RHEMA_AGENT: 'bob' } };

  it('one by one when one of it was lost meanwhile, which is told', async () => {
    const running: Running = new Running(
      ['--scope', 'src/core', 'src/api', '--', 'make'],
      {
        release: (scopes) =>
          scopes.includes(scopePath('src/core'))
            ? refusalOf('LOCK_NOT_HELD', 'bob does not hold src/core')
            : { kind: 'released', scopes },
      },
      asBob,
    );
    (await running.child()).end({ kind: 'exited', code: 0 });
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('src/core was lost before the command ended: see rhema why src/core');
    expect(running.coordinator.commands.slice(-3)).toMatchObject([
      { scopes: ['src/api', 'src/core'], token: 12 },
      { scopes: ['src/api'], token: 12 },
      { scopes: ['src/core'], token: 12 },
    ]);
  });
});
