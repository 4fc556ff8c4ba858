import { describe, expect, it } from 'vitest';
import { acquire, defineScopes, join, kindsIn, openBench, settled, thisHost, type Bench } from './testing.ts';

async function openWithLock(): Promise<Bench> {
  const bench = await openBench();
  await defineScopes(bench.service, 'a');
  await acquire(bench.service, await join(bench.service, 'ann'), 'a');
  await settled();
  return bench;
}

async function remainingMs({ service, clock, log }: Bench): Promise<number> {
  const { locks } = await service.query({ kind: 'status', at: null });
  expect(log.entries.length).toBeGreaterThan(0);
  return (locks[0]?.deadlineMs ?? 0) - clock.wallMs();
}

describe('the time of the log', () => {
  it('is bound to the clock of its first owner', async () => {
    const { service, clock, store } = await openBench();
    expect(await kindsIn(store)).toEqual(['TakeOver']);
    expect((await service.query({ kind: 'status', at: null })).timeMs).toBe(clock.wallMs());
  });

  it('runs on, leases included, when another process of the same boot takes over', async () => {
    const first = await openWithLock();
    first.clock.advance(20_000);
    const next = await openBench({ log: first.log, clock: first.clock });
    expect(await kindsIn(next.store)).not.toContain('ExpireDue');
    expect((await kindsIn(next.store)).filter((kind) => kind === 'TakeOver')).toHaveLength(1);
    expect(await remainingMs(next)).toBe(40_000);
  });

  it.each([
    ['after a boot', { ...thisHost, bootId: 'boot-2' }],
    ['on another host', { hostId: 'host-2', bootId: 'boot-2' }],
  ])('starts every lease anew in full %s', async (_, host) => {
    const first = await openWithLock();
    first.clock.advance(50_000);
    first.clock.reboot();
    const next = await openBench({ log: first.log, clock: first.clock, host });
    expect((await kindsIn(next.store)).at(-1)).toBe('TakeOver');
    expect(await remainingMs(next)).toBe(60_000);
  });

  it('runs on, leases included, for another host name of the same boot, as a container has one', async () => {
    const first = await openWithLock();
    for (const hostId of ['container', thisHost.hostId, 'container', thisHost.hostId]) {
      first.clock.advance(10_000);
      await openBench({ log: first.log, clock: first.clock, host: { ...thisHost, hostId } });
    }
    expect((await kindsIn(first.store)).filter((kind) => kind === 'TakeOver')).toHaveLength(1);
    expect(await remainingMs(first)).toBe(20_000);
  });

  it('starts every lease anew when the wall has jumped ahead, as after a sleep', async () => {
    const bench = await openWithLock();
    bench.clock.jumpWall(3_600_000);
    await join(bench.service, 'bob');
    expect((await kindsIn(bench.store)).slice(-2)).toEqual(['TakeOver', 'AgentJoin']);
    expect(await remainingMs(bench)).toBe(60_000);
  });

  it('takes no notice of a wall that is a little ahead, or behind', async () => {
    const bench = await openWithLock();
    bench.clock.jumpWall(5_000);
    await join(bench.service, 'bob');
    bench.clock.jumpWall(-86_400_000);
    await join(bench.service, 'cem');
    expect((await kindsIn(bench.store)).filter((kind) => kind === 'TakeOver')).toHaveLength(1);
  });

  it('never runs backwards, not even for a new owner whose wall is behind', async () => {
    const first = await openWithLock();
    const { timeMs } = await first.service.query({ kind: 'status', at: null });
    first.clock.jumpWall(-86_400_000);
    const next = await openBench({
      log: first.log,
      clock: first.clock,
      host: { ...thisHost, bootId: 'boot-2' },
    });
    await join(next.service, 'bob');
    const status = await next.service.query({ kind: 'status', at: null });
    expect(status.timeMs).toBeGreaterThanOrEqual(timeMs);
    expect(status.locks[0]!.deadlineMs - status.timeMs).toBe(60_000);
  });

  it('is not taken back by a mere timer from an owner with another clock that still acts', async () => {
    const first = await openWithLock();
    const other = await openBench({
      log: first.log,
      clock: first.clock,
      host: { hostId: 'host-2', bootId: 'boot-2' },
    });
    first.timers.advance(60_000);
    await settled();
    expect((await kindsIn(first.store)).filter((kind) => kind === 'TakeOver')).toHaveLength(2);
    other.timers.advance(60_000);
    await settled();
    expect(await kindsIn(other.store)).toContain('ExpireDue');
  });

  it('is taken back from an owner with another clock that acts no more', async () => {
    const first = await openWithLock();
    await openBench({ log: first.log, clock: first.clock, host: { hostId: 'host-2', bootId: 'boot-2' } });
    for (let look = 0; look < 40; look += 1) {
      first.timers.advance(5_000);
      await settled();
    }
    expect(await kindsIn(first.store)).toContain('ExpireDue');
  });
});

describe('the age of what is logged', () => {
  const dayMs = 86_400_000;
  const options = { snapshotEveryEntries: 5, horizonMs: 90 * dayMs };

  /** Enough for a snapshot, after which what is too old is dropped. */
  async function logMore({ service }: Bench, names: string): Promise<void> {
    for (const name of names) await join(service, `agent-${name}${name}`);
    await settled();
  }

  it('is not told by a wall that was wrong for a moment', async () => {
    const bench = await openBench({ options });
    await logMore(bench, 'abcdef');
    bench.clock.jumpWall(100 * dayMs);
    await logMore(bench, 'ghijkmn');
    bench.clock.jumpWall(-100 * dayMs);
    await logMore(bench, 'pqrstuv');
    bench.clock.advance(2 * dayMs);
    await logMore(bench, 'wxyz');
    expect((await bench.store.bounds()).first).toBe(1);
  });

  it('counts the time that a machine slept once it has been awake for a day', async () => {
    const bench = await openBench({ options });
    await logMore(bench, 'abcdef');
    bench.clock.jumpWall(100 * dayMs);
    await logMore(bench, 'ghijkmn');
    expect((await bench.store.bounds()).first).toBe(1);
    bench.clock.advance(dayMs + 3_600_000);
    await logMore(bench, 'pqrstuv');
    expect((await bench.store.bounds()).first).toBeGreaterThan(1);
  });
});
