import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../../core/index.ts';
import type { Entry, Event, Grant, Rejection, Result, ScopePath, SessionId } from '../../core/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import type { CallerCommand, LockView } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { Ended, FakeChild, HarnessOptions } from '../testing/harness.ts';
import { Harness, session, startMs, until } from '../testing/harness.ts';
import { entry } from '../testing/entries.ts';
import { agentId, grant, lockHeld, lockView, scopePath, statusAnswer } from '../testing/samples.ts';

/** A coordinator that grants whatever is asked for, with leases of one minute. */
interface Granting {
  readonly held?: readonly LockView[];
  readonly acquire?: Rejection;
  readonly onAcquire?: () => void;
  /** What a heartbeat answers, instead of a renewal in full. */
  readonly heartbeat?: () => Result | Rejection | Error;
  readonly leave?: Result | Rejection;
  readonly release?: (scopes: readonly ScopePath[]) => Result | Rejection;
  /** What is committed meanwhile; nothing unless given. */
  readonly watch?: (signal: AbortSignal) => AsyncIterable<Entry>;
}

async function* nothingHappens(signal: AbortSignal): AsyncIterable<Entry> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  yield* [];
}

const released = (scopes: readonly ScopePath[]): Result => ({ kind: 'released', scopes });

class Running {
  readonly coordinator: FakeCoordinator;
  readonly harness: Harness;
  readonly ended: Promise<Ended>;
  #granted: readonly ScopePath[] = [];

  constructor(words: readonly string[], granting: Granting = {}, options: Partial<HarnessOptions> = {}) {
    this.coordinator = new FakeCoordinator({
      submit: (command) => this.#answer(command, granting),
      answers: { status: () => statusAnswer({ locks: granting.held ?? [] }) },
      watch: granting.watch ?? nothingHappens,
    });
    this.harness = new Harness({ coordinator: this.coordinator, ...options });
    this.ended = this.harness.run('run', ...words);
  }

  get kinds(): string[] {
    return this.coordinator.commands.map((command) => command.kind);
  }

  async child(): Promise<FakeChild> {
    await until(() => this.harness.children.length === 1);
    const [child] = this.harness.children;
    if (child === undefined) throw new Error('no child');
    return child;
  }

  renewed(over: Partial<Grant> = {}): Result {
    const nowMs = this.harness.clock.wallMs();
    const deadlineMs = asTimeMs(nowMs + 60_000);
    const leases = this.#granted.map((scope) => ({ ...grant(scope), deadlineMs, ...over }));
    return { kind: 'renewed', sessionDeadlineMs: asTimeMs(nowMs + 300_000), leases };
  }

  #answer(command: CallerCommand, granting: Granting): Result | Rejection | Error {
    switch (command.kind) {
      case 'AgentJoin':
        return {
          kind: 'joined',
          agent: command.agent,
          epoch: asRevision(3),
          sessionDeadlineMs: asTimeMs(startMs),
        };
      case 'AcquireLock':
        granting.onAcquire?.();
        this.#granted = command.scopes;
        return granting.acquire ?? { kind: 'granted', locks: command.scopes.map((scope) => grant(scope)) };
      case 'Heartbeat':
        return granting.heartbeat?.() ?? this.renewed();
      case 'ReleaseLock':
        return (granting.release ?? released)(command.scopes ?? []);
      default:
        return granting.leave ?? { kind: 'left', released: this.#granted, waited: null };
    }
  }
}

const underCore = ['--scope', 'src/core', '--', 'make', '-j'];

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
      env: {
        PATH: '/bin',
        RHEMA_AGENT: 'run-box-local-4711',
        RHEMA_EPOCH: '3',
        RHEMA_TOKEN: '12',
        RHEMA_SCOPE: 'src/api',
        RHEMA_SCOPES: 'src/api\nsrc/core',
        RHEMA_DEADLINE: '2026-11-22T14:06:00.000Z',
      },
    });
    expect(running.harness.sessions.has(agentId('run-box-local-4711'))).toBe(true);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
    expect(running.kinds).toEqual(['AgentJoin', 'AcquireLock', 'Heartbeat', 'AgentLeave']);
    expect(running.harness.sessions.size).toBe(0);
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
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
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

  it('do not double the Ctrl-C that a command on a terminal gets from there', async () => {
    const running = new Running(underCore, {}, { terminal: true });
    const child = await running.child();
    expect(child.command.ownGroup).toBe(false);
    running.harness.raise('SIGINT');
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

describe('the lease while the command runs', () => {
  const beats = (running: Running): number => running.kinds.filter((kind) => kind === 'Heartbeat').length;

  it('is renewed at once and then three times in its length', async () => {
    const running = new Running(underCore);
    const child = await running.child();
    await running.harness.clock.advance(120_000);
    expect(beats(running)).toBe(7);
    expect(child.signals).toEqual([]);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
    await running.harness.clock.advance(120_000);
    expect(beats(running)).toBe(7);
  });

  it('when lost by a refusal ends the command and what it left behind: SIGTERM, soon SIGKILL, and 1', async () => {
    let isLost = false;
    const refusal: Rejection = { code: 'AGENT_LOST', message: 'bob was lost', details: {} };
    const running: Running = new Running(underCore, {
      heartbeat: () => (isLost ? refusal : running.renewed()),
    });
    const child = await running.child();
    isLost = true;
    await running.harness.clock.advance(20_000);
    expect(child.signals).toEqual(['SIGTERM']);
    expect(child.toldToEndInMs.at(-1)).toBe(1_000);
    await running.harness.clock.advance(1_000);
    expect(child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    child.end({ kind: 'exited', code: 0 });
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('LOCK LOST on src/core: bob was lost; ending the command');
    expect(child.signals).toEqual(['SIGTERM', 'SIGKILL', 'SIGKILL']);
  });

  /** A log in which these events come once the command has begun. */
  function logOf(...committed: readonly Entry[]): Required<Pick<Granting, 'watch'>> & { commit: () => void } {
    let commit = (): void => undefined;
    const isTime = new Promise<void>((resolve) => (commit = resolve));
    const watch = async function* (signal: AbortSignal): AsyncIterable<Entry> {
      await isTime;
      yield* committed;
      yield* nothingHappens(signal);
    };
    return { watch, commit };
  }

  const ofCore = {
    scope: scopePath('src/core'),
    agent: agentId('run-box-local-4711'),
    token: asRevision(12),
  };

  it.each<readonly [string, Event, string]>([
    [
      'revoked',
      { kind: 'lock.revoked', ...ofCore, reason: 'stuck' },
      'src/core was taken from run-box-local-4711 (token 12): stuck (by root)',
    ],
    [
      'given back by another command of the same agent',
      { kind: 'lock.released', ...ofCore, cause: 'released' },
      'run-box-local-4711 gave back src/core (token 12)',
    ],
    [
      'lost with the session',
      { kind: 'lock.released', ...ofCore, cause: 'lost' },
      'gave back src/core (token 12): it was lost',
    ],
    ['run out', { kind: 'lock.expired', ...ofCore }, 'the lease of run-box-local-4711 on src/core ran out'],
    [
      'taken over with its agent',
      {
        kind: 'agent.resumed',
        agent: ofCore.agent,
        session: 'x' as SessionId,
        way: 'takeOver',
        from: 'root@host',
      },
      'root@host took over run-box-local-4711',
    ],
  ])('when %s ends the command in the same moment', async (_what, event, why) => {
    const log = logOf({ ...entry(8, event), by: 'root' });
    const running = new Running(underCore, { watch: log.watch });
    const child = await running.child();
    log.commit();
    await until(() => child.signals.length > 0);
    expect(child.signals).toEqual(['SIGTERM']);
    expect(child.toldToEndInMs.at(-1)).toBe(1_000);
    child.end({ kind: 'exited', code: 0 });
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(why);
    expect(beats(running)).toBe(1);
  });

  it('is not lost by what ends for others, or ended under an earlier token', async () => {
    const others = { ...ofCore, scope: scopePath('src/api') };
    const earlier = { ...ofCore, token: asRevision(5) };
    const log = logOf(
      entry(8, { kind: 'lock.revoked', ...others, reason: null }),
      entry(9, { kind: 'lock.expired', ...earlier }, { kind: 'agent.left', agent: agentId('bob') }),
      entry(10, { kind: 'lock.revoked', ...ofCore, reason: null }),
    );
    const running = new Running(underCore, { watch: log.watch });
    const child = await running.child();
    log.commit();
    await until(() => child.signals.length > 0);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).stderr).toContain('src/core was taken from');
  });

  it('is listened to anew with the next renewal, when the watch was cut', async () => {
    let watches = 0;
    const watch = async function* (signal: AbortSignal): AsyncIterable<Entry> {
      watches += 1;
      if (watches === 1) throw new CoordinatorError('UNAVAILABLE', 'gone');
      if (watches > 2) yield entry(9, { kind: 'lock.revoked', ...ofCore, reason: null });
      if (watches > 2) yield* nothingHappens(signal);
    };
    const running = new Running(underCore, { watch });
    const child = await running.child();
    await running.harness.clock.advance(20_000);
    expect([watches, child.signals]).toEqual([2, []]);
    await running.harness.clock.advance(20_000);
    expect([watches, child.signals]).toEqual([3, ['SIGTERM']]);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(1);
  });

  it('when lost meanwhile to another token ends the command', async () => {
    let over = {};
    const running: Running = new Running(underCore, { heartbeat: () => running.renewed(over) });
    const child = await running.child();
    over = { token: asRevision(99) };
    await running.harness.clock.advance(20_000);
    expect(child.signals).toEqual(['SIGTERM']);
    child.end({ kind: 'signalled', signalNumber: 15 });
    expect((await running.ended).stderr).toContain('no longer held under token 12');
  });

  /** How a command of a run that is silenced after its first heartbeat is ended: by which signal, after how long. */
  async function endOfSilenced(
    words: readonly string[],
    granting: Granting = {},
  ): Promise<readonly (readonly [string, number])[]> {
    let isSilent = false;
    const running: Running = new Running(words, {
      heartbeat: () => (isSilent ? new CoordinatorError('UNAVAILABLE', 'gone') : running.renewed()),
      ...granting,
    });
    const child = await running.child();
    isSilent = true;
    const seen: (readonly [string, number])[] = [];
    while (seen.length < 2) {
      await running.harness.clock.advance(250);
      const name = child.signals[seen.length];
      if (name !== undefined) seen.push([name, running.harness.clock.monotonicMs()]);
    }
    child.end({ kind: 'signalled', signalNumber: 9 });
    expect((await running.ended).code).toBe(1);
    return seen;
  }

  it('has its command ended before it ends when nobody answers, by force if it must be', async () => {
    expect(await endOfSilenced(underCore)).toEqual([
      ['SIGTERM', 54_000],
      ['SIGKILL', 59_000],
    ]);
  });

  it('has its command ended in a quarter of its length when it is short', async () => {
    expect(await endOfSilenced(['--ttl', '6s', ...underCore])).toEqual([
      ['SIGTERM', 4_500],
      ['SIGKILL', 5_500],
    ]);
  });

  it('has its command ended also when an answer never comes', async () => {
    let isSilent = false;
    const running: Running = new Running(underCore, {
      heartbeat: () => running.renewed(),
    });
    const child = await running.child();
    const submit = running.coordinator.submit.bind(running.coordinator);
    running.coordinator.submit = (request) => (isSilent ? new Promise(() => undefined) : submit(request));
    isSilent = true;
    await running.harness.clock.advance(59_000);
    expect(child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    isSilent = false;
    child.end({ kind: 'signalled', signalNumber: 9 });
    expect((await running.ended).code).toBe(1);
  });

  it('has its command ended when others wait and it is not extended any more', async () => {
    const deadlineMs = asTimeMs(startMs + 60_000);
    const running: Running = new Running(underCore, { heartbeat: () => running.renewed({ deadlineMs }) });
    const child = await running.child();
    await running.harness.clock.advance(53_999);
    expect(child.signals).toEqual([]);
    await running.harness.clock.advance(5_001);
    expect(child.signals).toEqual(['SIGTERM', 'SIGKILL']);
    child.end({ kind: 'exited', code: 0 });
    await running.ended;
  });

  it('counts as over with the session, whose end takes the locks along', async () => {
    const running: Running = new Running(underCore, {
      heartbeat: () => ({
        ...running.renewed({ deadlineMs: asTimeMs(startMs + 3_600_000) }),
        sessionDeadlineMs: asTimeMs(running.harness.clock.wallMs() + 300_000),
      }),
    });
    const child = await running.child();
    expect(child.command.endInMs).toBe(59_000);
    child.end({ kind: 'exited', code: 0 });
    await running.ended;
  });

  it('is known to the process that ends the command if run itself is gone, and with each renewal anew', async () => {
    const running = new Running(underCore);
    const child = await running.child();
    await running.harness.clock.advance(40_000);
    expect([child.command.endInMs, ...child.toldToEndInMs]).toEqual([59_000, 59_000, 59_000]);
    child.end({ kind: 'exited', code: 0 });
    await running.ended;
  });

  it.each([
    [
      'was over when the grant was heard of',
      () => ({ code: 'AGENT_LOST', message: 'bob was lost', details: {} }) as Rejection,
    ],
    [
      'is nearly over already',
      (running: Running) => running.renewed({ deadlineMs: asTimeMs(startMs + 5_000) }),
    ],
  ])('that %s keeps the command from beginning', async (_, answer) => {
    const running: Running = new Running(underCore, { heartbeat: () => answer(running) });
    const { code, stderr } = await running.ended;
    expect([code, running.harness.children.length]).toEqual([1, 0]);
    expect(stderr).toMatch(
      /^rhema: src\/core was lost before the command began: .* it was not started \(LOCK_LOST\)/,
    );
    expect(running.kinds.at(-1)).toBe('AgentLeave');
  });

  it('when lost is only told with --no-kill-on-loss', async () => {
    let isLost = false;
    const refusal: Rejection = { code: 'AGENT_LOST', message: 'bob was lost', details: {} };
    const running: Running = new Running(['--no-kill-on-loss', ...underCore], {
      heartbeat: () => (isLost ? refusal : running.renewed()),
    });
    const child = await running.child();
    expect(child.command.endInMs).toBeNull();
    isLost = true;
    await running.harness.clock.advance(60_000);
    expect(running.harness.stderr).toContain('LOCK LOST');
    expect(child.signals).toEqual([]);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(1);
    expect(child.signals).toEqual([]);
  });
});

describe('what run gives back', () => {
  it.each<[string, Result | Rejection]>([
    ['its lock went to somebody else', { kind: 'left', released: [], waited: null }],
    ['nobody knows it any more', { code: 'AGENT_NOT_FOUND', message: 'no such agent', details: {} }],
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
            ? { code: 'LOCK_NOT_HELD', message: 'bob does not hold src/core', details: {} }
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
