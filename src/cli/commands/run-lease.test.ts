import { describe, expect, it } from 'vitest';
import {
  asRevision,
  asTimeMs,
  type Entry,
  type Event,
  type Grant,
  type Rejection,
  type SessionId,
} from '../../core/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { entry } from '../testing/entries.ts';
import { startMs, until } from '../testing/harness.ts';
import { nothingHappens, Running, underCore, type Granting } from '../testing/running.ts';
import { agentId, scopePath } from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

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
    const refusal = refusalOf('AGENT_LOST', 'bob was lost');
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
      'run-box-local-4711 was lost, and with it its lock on src/core (token 12)',
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

  it('is asked for at once when the watch was cut, and listened to anew, less and less often where that is in vain', async () => {
    const watchedAtMs: number[] = [];
    const watch = async function* (signal: AbortSignal): AsyncIterable<Entry> {
      watchedAtMs.push(running.harness.clock.monotonicMs() - startedAtMs);
      if (watchedAtMs.length < 4) throw new CoordinatorError('UNAVAILABLE', 'gone');
      yield entry(9, { kind: 'lock.revoked', ...ofCore, reason: null });
      yield* nothingHappens(signal);
    };
    const running: Running = new Running(underCore, { watch });
    const startedAtMs = running.harness.clock.monotonicMs();
    const child = await running.child();
    await running.harness.clock.advance(349);
    expect([watchedAtMs, child.signals]).toEqual([[0, 50, 150], []]);
    await running.harness.clock.advance(1);
    expect([watchedAtMs, child.signals]).toEqual([[0, 50, 150, 350], ['SIGTERM']]);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(1);
  });

  it('is lost as soon as a new owner knows nothing of it, however long nobody could be reached', async () => {
    let answer: Rejection | Error | null = null;
    let cut = (): void => undefined;
    const isCut = new Promise<void>((resolve) => (cut = resolve));
    const watch = async function* (): AsyncIterable<Entry> {
      await isCut;
      yield* [];
    };
    const running: Running = new Running(underCore, {
      watch,
      heartbeat: () => answer ?? running.renewed(),
    });
    const child = await running.child();
    answer = new CoordinatorError('UNAVAILABLE', 'nobody answers', { retryable: true });
    cut();
    await running.harness.clock.advance(1_000);
    expect([beats(running) > 3, child.signals]).toEqual([true, []]);
    answer = refusalOf('AGENT_NOT_FOUND', 'the log began anew');
    await running.harness.clock.advance(2_000);
    expect(child.signals.slice(0, 1)).toEqual(['SIGTERM']);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).stderr).toContain('LOCK LOST on src/core: the log began anew');
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
    const contendedSinceMs = asTimeMs(startMs);
    const running: Running = new Running(underCore, {
      heartbeat: () => running.renewed({ deadlineMs, contendedSinceMs }),
    });
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
    expect(child.command).toMatchObject({ endInMs: 59_000, graceMs: 5_000 });
    child.end({ kind: 'exited', code: 0 });
    await running.ended;
  });

  it.each<readonly [string, Partial<Pick<Grant, 'contendedSinceMs'>>]>([
    ['', {}],
    [', while others wait, too', { contendedSinceMs: asTimeMs(startMs) }],
  ])('of what the agent held before is as long as it was%s', async (_which, over) => {
    const running: Running = new Running(underCore, {
      already: true,
      heartbeat: () =>
        running.renewed({ ...over, deadlineMs: asTimeMs(running.harness.clock.wallMs() + 3_000) }),
    });
    const child = await running.child();
    expect(child.command).toMatchObject({ endInMs: 2_750, graceMs: 500 });
    await running.harness.clock.advance(60_000);
    expect([child.signals, beats(running)]).toEqual([[], 61]);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
  });

  it('is renewed more often when another command of the agent has made it shorter', async () => {
    let leaseMs = 60_000;
    let deadlineMs = 0;
    const running: Running = new Running(underCore, {
      heartbeat: () => {
        deadlineMs = Math.max(deadlineMs, running.harness.clock.wallMs() + leaseMs);
        return running.renewed({ deadlineMs: asTimeMs(deadlineMs) });
      },
    });
    const child = await running.child();
    leaseMs = 6_000;
    await running.harness.clock.advance(300_000);
    expect(child.signals).toEqual([]);
    expect(child.toldToEndInMs.at(-1)).toBe(5_500);
    expect(child.graceMs).toBe(1_000);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
  });

  it.each([1_000_000, 600_000])('is not over because sessions last for %i ms from now on', async (lastMs) => {
    let sessionMs = 300_000;
    const running: Running = new Running(underCore, {
      heartbeat: () => ({
        ...running.renewed(),
        sessionDeadlineMs: asTimeMs(running.harness.clock.wallMs() + sessionMs),
      }),
    });
    const child = await running.child();
    sessionMs = lastMs;
    await running.harness.clock.advance(120_000);
    expect(child.signals).toEqual([]);
    child.end({ kind: 'exited', code: 0 });
    expect((await running.ended).code).toBe(0);
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
      'is nearly over already, and others wait',
      (running: Running) =>
        running.renewed({ deadlineMs: asTimeMs(startMs + 5_000), contendedSinceMs: asTimeMs(startMs) }),
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
    const refusal = refusalOf('AGENT_LOST', 'bob was lost');
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
