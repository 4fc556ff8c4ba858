import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type Result } from '../../core/index.ts';
import {
  CoordinatorError,
  sessionIdOf,
  sessionMarkOf,
  type TicketReply,
  type WaiterView,
} from '../../protocol/index.ts';
import { bobsHarness, startMs, until } from '../testing/harness.ts';
import { agentId, agentView, grant, scopePath, statusAnswer, waiterView } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

const queued: Result = {
  kind: 'queued',
  ticket: asRevision(9),
  position: 2,
  deadlineMs: asTimeMs(startMs + 30_000),
};

describe('lock acquire --wait', () => {
  const status = (): ReturnType<typeof statusAnswer> => statusAnswer();
  const granted: TicketReply = { kind: 'granted', revision: asRevision(11), locks: [grant('src/core', 11)] };
  const whenAborted = (signal: AbortSignal | undefined): Promise<TicketReply> =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

  it('answers as an acquire once its ticket is served', async () => {
    const { harness } = bobsHarness({
      submit: () => queued,
      awaitTicket: async () => granted,
      answers: { status },
    });
    const { code, body } = await harness.json('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    expect([code, body['token'], body['revision']]).toEqual([0, 11, 11]);
  });

  it('is refused what its ticket brings once another process goes on as the agent', async () => {
    const sessionMark = sessionMarkOf(sessionIdOf('that of another'));
    const { harness } = bobsHarness({
      submit: ({ kind }) =>
        kind === 'Heartbeat' ? refusalOf('SESSION_MISMATCH', 'not that of bob') : queued,
      awaitTicket: async () => granted,
      answers: {
        status: () => statusAnswer({ agents: [agentView({ agent: agentId('bob'), sessionMark })] }),
      },
    });
    const { code, body } = await harness.json('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    expect(code).toBe(3);
    expect(body).toMatchObject({ ok: false, code: 'SESSION_MISMATCH' });
  });

  it('ends with 4 when it waited in vain', async () => {
    const ended: TicketReply = { kind: 'ended', revision: asRevision(11), cause: 'deadline' };
    const { harness } = bobsHarness({
      submit: () => queued,
      awaitTicket: async () => ended,
      answers: { status },
    });
    const { code, body } = await harness.json(
      'lock',
      'acquire',
      'src/core',
      '--agent',
      'bob',
      '--wait',
      '30s',
    );
    expect(code).toBe(4);
    expect(body).toMatchObject({
      ok: false,
      code: 'WAITED_IN_VAIN',
      details: { cause: 'deadline', scopes: ['src/core'] },
    });
  });

  describe('with a ticket that the agent has had before', () => {
    const earlier = waiterView({
      ticket: asRevision(9),
      agent: agentId('bob'),
      scopes: [scopePath('src/core')],
      deadlineMs: asTimeMs(startMs + 30_000),
    });
    const whileWaiting = (waiters: readonly WaiterView[] = [earlier]): ReturnType<typeof statusAnswer> =>
      statusAnswer({ waiters });

    it.each([[], ['--wait', '0']])('nobody waits who has not asked for it: %j', async (...wait) => {
      const { harness, coordinator } = bobsHarness({
        submit: () => queued,
        answers: { status: () => whileWaiting() },
      });
      const { code, stderr } = await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', ...wait);
      expect(code).toBe(3);
      expect(stderr).toBe(
        [
          'rhema: bob waits for src/core already: wait for that, or cancel it first (ALREADY_WAITING)',
          '  try: rhema lock acquire src/core --agent bob --wait',
          '  try: rhema lock cancel --agent bob',
          '',
        ].join('\n'),
      );
      expect(coordinator.commands.map(({ kind }) => kind)).toEqual(['AcquireLock']);
    });

    it('answers as granted who did not want to wait, where the ticket was served meanwhile', async () => {
      const { harness } = bobsHarness({
        submit: () => queued,
        awaitTicket: async () => granted,
        answers: { status: () => whileWaiting([]) },
      });
      expect((await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob')).code).toBe(0);
    });

    it('waits for no longer than asked for now, and keeps the ticket', async () => {
      const { harness, coordinator } = bobsHarness({
        submit: () => queued,
        awaitTicket: whenAborted,
        answers: { status: () => whileWaiting() },
      });
      const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait', '10s');
      await until(() => coordinator.queries.length === 2);
      await harness.clock.advance(10_000);
      const { code, stderr } = await ended;
      expect(code).toBe(4);
      expect(stderr).toContain(
        [
          'rhema: waited 10 s for src/core in vain: its time was over (WAITED_IN_VAIN)',
          '  bob had ticket 9 before, and keeps it until 14:05:30',
          '  try: rhema lock cancel --agent bob',
        ].join('\n'),
      );
      expect(coordinator.commands.map(({ kind }) => kind)).toEqual(['AcquireLock']);
    });

    it('answers as granted when the ticket is served just as the time is over', async () => {
      let waiters = [earlier];
      const { harness, coordinator } = bobsHarness({
        submit: () => queued,
        awaitTicket: (signal) => (waiters.length === 0 ? Promise.resolve(granted) : whenAborted(signal)),
        answers: { status: () => whileWaiting(waiters) },
      });
      const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait', '10s');
      await until(() => coordinator.queries.length === 2);
      waiters = [];
      await harness.clock.advance(10_000);
      expect((await ended).code).toBe(0);
    });
  });

  it('stays present by heartbeats, three to the length of a session', async () => {
    let serve: (reply: TicketReply) => void = () => undefined;
    const { harness, coordinator } = bobsHarness({
      submit: (command) =>
        command.kind === 'Heartbeat'
          ? { kind: 'renewed', sessionDeadlineMs: asTimeMs(0), leases: [] }
          : queued,
      awaitTicket: () => new Promise((resolve) => (serve = resolve)),
      answers: { status },
    });
    const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    await until(() => coordinator.queries.length === 1);
    await harness.clock.advance(250_000);
    serve(granted);
    expect((await ended).code).toBe(0);
    expect(coordinator.commands.map((command) => command.kind)).toEqual([
      'AcquireLock',
      'Heartbeat',
      'Heartbeat',
    ]);
  });

  it('gives its ticket back when it is interrupted', async () => {
    const { harness, coordinator } = bobsHarness({
      submit: (command) =>
        command.kind === 'CancelWait' ? { kind: 'waitCancelled', ticket: asRevision(9) } : queued,
      awaitTicket: whenAborted,
      answers: { status },
    });
    const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    await until(() => coordinator.queries.length === 1);
    harness.raise('SIGINT');
    expect(await ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('rhema: interrupted: the ticket was given back (INTERRUPTED)'),
    });
    expect(coordinator.commands.at(-1)).toMatchObject({ kind: 'CancelWait', agent: 'bob' });
  });

  it('ends by the signal, and says what is left, where its ticket cannot be given back', async () => {
    const { harness, coordinator } = bobsHarness({
      submit: (command) => (command.kind === 'CancelWait' ? new Error('the coordinator is gone') : queued),
      awaitTicket: whenAborted,
      answers: { status },
    });
    const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait', '--json');
    await until(() => coordinator.queries.length === 1);
    harness.raise('SIGINT');
    const { code, stdout } = await ended;
    expect([code, JSON.parse(stdout)]).toMatchObject([
      130,
      {
        code: 'INTERRUPTED',
        message:
          'interrupted: the ticket could not be given back (the coordinator is gone): rhema lock cancel --agent bob',
      },
    ]);
  });

  it('ends at once by a second signal, which is not the first one passed on again', async () => {
    let asked = 0;
    const { harness, coordinator } = bobsHarness({
      submit: (command) => (command.kind === 'CancelWait' ? { kind: 'waitCancelled', ticket: null } : queued),
      awaitTicket: async (signal) =>
        (asked += 1) === 1 ? whenAborted(signal) : new Promise(() => undefined),
      answers: { status },
    });
    void harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    await until(() => coordinator.queries.length === 1);
    harness.raise('SIGINT');
    await until(() => asked === 2);
    harness.raise('SIGINT');
    expect(harness.endedBy).toBeNull();
    await harness.clock.advance(1_000);
    harness.raise('SIGINT');
    expect(harness.endedBy).toBe('SIGINT');
  });

  it('gives the lock back when the grant came just before the interruption', async () => {
    let asked = 0;
    const { harness, coordinator } = bobsHarness({
      submit: (command) => {
        if (command.kind === 'CancelWait') return { kind: 'waitCancelled', ticket: null };
        return command.kind === 'ReleaseLock' ? { kind: 'released', scopes: [] } : queued;
      },
      awaitTicket: async (signal) => ((asked += 1) === 1 ? whenAborted(signal) : granted),
      answers: { status },
    });
    const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    await until(() => coordinator.queries.length === 1);
    harness.raise('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(coordinator.commands.at(-1)).toMatchObject({
      kind: 'ReleaseLock',
      scopes: ['src/core'],
      token: 11,
    });
  });

  it('says that the ticket waits on where the coordinator cannot be reached any more', async () => {
    const gone = new CoordinatorError('UNAVAILABLE', 'nobody answers', { retryable: true });
    const { harness } = bobsHarness({
      submit: () => queued,
      awaitTicket: () => Promise.reject(gone),
      answers: { status },
    });
    const { code, body } = await harness.json('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    expect([code, body['code'], body['message']]).toEqual([
      1,
      'UNAVAILABLE',
      'nobody answers; ticket 9 waits on while the session of bob lasts: ask again to wait with it, or give it back: rhema lock cancel --agent bob',
    ]);
  });

  it('says at once where the rules end the wait before the time that was asked for', async () => {
    const { harness } = bobsHarness({
      submit: () => queued,
      awaitTicket: async () => granted,
      answers: { status },
    });
    const told = async (wait: string): Promise<string> =>
      (await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait', wait)).stderr;
    expect(await told('20m')).toContain('(ticket 9), until 14:05:30 at most, by max_block_time');
    expect(await told('30s')).not.toContain('max_block_time');
  });

  it('tells people on a terminal how long it has been, on one line that goes away', async () => {
    let serve: (reply: TicketReply) => void = () => undefined;
    const { harness, coordinator } = bobsHarness(
      {
        submit: () => queued,
        awaitTicket: () => new Promise((resolve) => (serve = resolve)),
        answers: { status },
      },
      { terminal: true, env: { NO_COLOR: '1' } },
    );
    const ended = harness.run('lock', 'acquire', 'src/core', '--agent', 'bob', '--wait');
    await until(() => coordinator.queries.length === 1);
    await harness.clock.advance(2_000);
    serve(granted);
    const { stderr } = await ended;
    expect(stderr).toContain('waiting for src/core: 1 agent ahead (ticket 9), 2 s');
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  });
});
