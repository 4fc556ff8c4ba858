import { describe, expect, it } from 'vitest';
import { asTimeMs } from '../core/index.ts';
import type { ServiceOptions } from './options.ts';
import {
  acquire,
  defineScopes,
  join,
  kindsIn,
  openBench,
  resultOf,
  scopePath,
  settled,
  submit,
} from './testing.ts';

/** ann holds a for 3 s. */
async function openWithLease(options: Partial<ServiceOptions> = {}) {
  const bench = await openBench({ options });
  await defineScopes(bench.service, 'a');
  const [ann, bob] = [await join(bench.service, 'ann'), await join(bench.service, 'bob')];
  const reply = await submit(bench.service, {
    kind: 'AcquireLock',
    ...ann,
    scopes: [scopePath('a')],
    ttlMs: 3_000,
    wait: { kind: 'none' },
    reason: null,
  } as never);
  // The timer is set once the batch is over.
  await settled();
  const { token } = resultOf(reply, 'granted').locks[0]!;
  const renew = () =>
    submit(bench.service, { kind: 'RenewLock', ...ann, scope: scopePath('a'), token, ttlMs: null });
  return { ...bench, ann, bob, renew };
}

describe('a renewal that came in time', () => {
  it('counts from its arrival when an append held it up beyond the deadline', async () => {
    const { service, store, clock, renew, bob } = await openWithLease();
    const letGo = store.holdAppends();
    const before = submit(service, { kind: 'Heartbeat', ...bob });
    await settled();
    clock.advance(2_900);
    const renewed = renew();
    await settled();
    clock.advance(200);
    letGo();
    await before;
    expect(resultOf(await renewed, 'granted')).toBeDefined();
    expect(await kindsIn(store)).not.toContain('ExpireDue');
  });

  it('lasts its full time from the answer on, as its client counts it', async () => {
    const { service, clock, timers, renew, bob } = await openWithLease();
    clock.advance(3_400);
    const { locks } = resultOf(await renew(), 'granted');
    expect(locks[0]?.deadlineMs).toBe(clock.wallMs() + 3_000);
    timers.advance(2_900);
    await settled();
    expect(await acquire(service, bob, 'a')).toMatchObject({ ok: false, rejection: { code: 'LOCK_HELD' } });
  });

  it.each([
    ['goes before an acquire that came before it in the same batch', {}],
    ['counts also when it has to wait for the next batch', { batchCommandsMax: 1 }],
  ])('%s', async (_what, options) => {
    const { service, store, clock, renew, bob } = await openWithLease(options);
    const letGo = store.holdAppends();
    const before = submit(service, { kind: 'Heartbeat', ...bob });
    await settled();
    clock.advance(2_900);
    const [refused, renewed] = [acquire(service, bob, 'a'), renew()];
    await settled();
    clock.advance(200);
    letGo();
    await before;
    expect(await refused).toMatchObject({ ok: false, rejection: { code: 'LOCK_HELD' } });
    expect((await renewed).ok).toBe(true);
  });

  it('counts when this process was busy and hears it only after the deadline', async () => {
    const { service, clock, renew } = await openWithLease();
    // The timer for the deadline has not run yet, as when a long piece of work holds the loop.
    clock.advance(3_400);
    const renewed = resultOf(await renew(), 'granted');
    expect(renewed).toBeDefined();
    const { locks } = await service.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'a', agent: 'ann' }]);
  });

  it('is told at the time of the answer, so that nobody takes the lease for longer than it is', async () => {
    const { clock, renew } = await openWithLease();
    clock.advance(3_400);
    const reply = await renew();
    expect(reply.atMs).toBe(asTimeMs(clock.wallMs()));
  });
});

describe('a renewal that came too late', () => {
  it('does not bring back a lease that has been ended', async () => {
    const { timers, renew } = await openWithLease();
    timers.advance(3_000);
    await settled();
    timers.advance(100);
    expect(await renew()).toMatchObject({ ok: false, rejection: { code: 'LOCK_NOT_HELD' } });
  });
});
