import { StoreError } from '../store/index.ts';
import { describe, expect, it } from 'vitest';
import {
  acquire,
  defineScopes,
  join,
  kindsIn,
  openBench,
  release,
  resultOf,
  settled,
  type Bench,
  type Identity,
} from './testing.ts';

/** Runs time and promises until the work is done: the writer pauses between two tries. */
async function finish<T>({ timers }: Bench, work: Promise<T>): Promise<T> {
  let over = false;
  void work.finally(() => (over = true)).catch(() => undefined);
  for (let turn = 0; turn < 1_000 && !over; turn += 1) {
    await settled();
    timers.advance(1);
  }
  return work;
}

async function twoServices(): Promise<{ mine: Bench; other: Bench; ann: Identity; bob: Identity }> {
  const mine = await openBench();
  await defineScopes(mine.service, 'a', 'b');
  const ann = await join(mine.service, 'ann');
  const other = await openBench({ log: mine.log, clock: mine.clock });
  return { mine, other, ann, bob: await join(other.service, 'bob') };
}

describe('two services on one log', () => {
  it('decide again on what the other wrote, so that one lock is never held twice', async () => {
    const { mine, other, ann, bob } = await twoServices();
    const replies = await Promise.all([
      finish(mine, acquire(mine.service, ann, 'a')),
      finish(other, acquire(other.service, bob, 'a')),
    ]);
    expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
    expect(replies.find((reply) => !reply.ok)).toMatchObject({ rejection: { code: 'LOCK_HELD' } });
  });

  it('answer reads and refusals from what the other has written, not from what they remember', async () => {
    const { mine, other, ann, bob } = await twoServices();
    const { revision } = await finish(mine, acquire(mine.service, ann, 'a'));
    expect(await finish(other, acquire(other.service, bob, 'a'))).toMatchObject({ ok: false, revision });
    await finish(other, acquire(other.service, bob, 'b'));
    const { locks } = await mine.service.query({ kind: 'status', at: null });
    expect(locks.map((lock) => lock.scope)).toEqual(['a', 'b']);
  });

  it('read what they missed after a refused append of one entry, without rebuilding the state', async () => {
    const { mine, other, ann, bob } = await twoServices();
    const quiet = await openBench({
      log: mine.log,
      clock: mine.clock,
      options: { checkInvariants: 'never' },
    });
    await finish(other, acquire(other.service, bob, 'b'));
    quiet.store.snapshotLoads = 0;
    await finish(quiet, acquire(quiet.service, ann, 'a'));
    expect(quiet.store.snapshotLoads).toBe(0);
    expect(await kindsIn(quiet.store)).toContain('AcquireLock');
  });

  it('rebuild the state after a refused append of several, and then decide all of them again', async () => {
    const { mine, other, ann, bob } = await twoServices();
    await finish(other, acquire(other.service, bob, 'b'));
    mine.store.snapshotLoads = 0;
    const replies = await finish(
      mine,
      Promise.all([acquire(mine.service, ann, 'a'), join(mine.service, 'cem'), join(mine.service, 'dan')]),
    );
    expect(mine.store.snapshotLoads).toBe(1);
    const { last } = await mine.store.bounds();
    expect(replies[0]).toMatchObject({ ok: true, revision: last - 2 });
  });

  it('push a grant that the other wrote to whoever waits here', async () => {
    const mine = await openBench({ options: { follow: true } });
    await defineScopes(mine.service, 'a');
    const [ann, bob] = [await join(mine.service, 'ann'), await join(mine.service, 'bob')];
    await acquire(mine.service, ann, 'a');
    const { ticket } = resultOf(await acquire(mine.service, bob, 'a', true), 'queued');
    const granted = mine.service.awaitTicket({ agent: bob.agent, ticket });
    const other = await openBench({ log: mine.log, clock: mine.clock });
    await release(other.service, ann);
    await settled();
    mine.timers.advance(50);
    expect(await granted).toMatchObject({ kind: 'granted', locks: [{ scope: 'a' }] });
  });
});

describe('an append whose outcome is unknown', () => {
  it('is found in the log by its request id when it took effect', async () => {
    const bench = await openBench();
    await defineScopes(bench.service, 'a');
    const ann = await join(bench.service, 'ann');
    bench.store.fates.push('answerLost');
    const reply = await finish(bench, acquire(bench.service, ann, 'a'));
    expect(resultOf(reply, 'granted').locks[0]?.token).toBe(reply.revision);
    expect((await kindsIn(bench.store)).filter((kind) => kind === 'AcquireLock')).toHaveLength(1);
  });

  it('is decided again when it did not', async () => {
    const bench = await openBench();
    bench.store.fates.push('requestLost');
    await finish(bench, Promise.all([join(bench.service, 'ann'), join(bench.service, 'bob')]));
    expect((await kindsIn(bench.store)).filter((kind) => kind === 'AgentJoin')).toHaveLength(2);
  });
});

describe('a store that fails for a while', () => {
  it('is tried again', async () => {
    const bench = await openBench();
    bench.store.fates.push('busy', 'busy', 'busy');
    await expect(finish(bench, join(bench.service, 'ann'))).resolves.toMatchObject({ agent: 'ann' });
  });

  it('is given up after a bounded time, and the caller is told to try again', async () => {
    const bench = await openBench({ options: { commitPatienceMs: 5, chance: () => 0.99 } });
    bench.store.fates.push(...Array.from({ length: 100 }, () => 'busy' as const));
    const given = finish(bench, join(bench.service, 'ann'));
    await expect(given).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(await kindsIn(bench.store)).toEqual(['TakeOver']);
  });

  it('does not keep what is due from ending once it works again', async () => {
    const bench = await openBench({ options: { commitPatienceMs: 5 } });
    await defineScopes(bench.service, 'a');
    await acquire(bench.service, await join(bench.service, 'ann'), 'a');
    await settled();
    bench.store.fates.push('diskFull');
    bench.timers.advance(60_000);
    await settled();
    expect(await kindsIn(bench.store)).not.toContain('ExpireDue');
    bench.timers.advance(1_000);
    await settled();
    expect(await kindsIn(bench.store)).toContain('ExpireDue');
  });
});

describe('a command that could not be written', () => {
  const failureOf = (reply: Promise<unknown>): Promise<unknown> => reply.catch((error: unknown) => error);

  it('is told as unwritten where that is certain, and is not carried out later', async () => {
    const bench = await openBench();
    bench.store.fates.push('diskFull');
    expect(await failureOf(finish(bench, join(bench.service, 'ann')))).toMatchObject({
      code: 'STORE_FAILURE',
      message: 'the disk is full; nothing was written',
      details: { outcome: 'nothing' },
    });
    bench.timers.advance(60_000);
    await settled();
    expect(await kindsIn(bench.store)).toEqual(['TakeOver']);
  });

  it.each(['answerLost', 'requestLost'] as const)(
    'is not told as unwritten once one append had no known outcome: %s',
    async (fate) => {
      const bench = await openBench();
      await defineScopes(bench.service, 'a');
      const ann = await join(bench.service, 'ann');
      bench.store.fates.push(fate);
      bench.store.failReads(new StoreError('DISK_FULL', 'the disk is full'));
      const failure = await failureOf(finish(bench, acquire(bench.service, ann, 'a')));
      expect(failure).toMatchObject({
        code: 'STORE_FAILURE',
        message: expect.stringMatching(
          /^the disk is full; the request may still have taken effect/,
        ) as string,
        details: { outcome: 'unknown' },
      });
    },
  );

  it('for want of rights is no bug: the next one is tried', async () => {
    const bench = await openBench();
    bench.store.fates.push('forbidden');
    expect(await failureOf(finish(bench, join(bench.service, 'ann')))).toMatchObject({ code: 'PERMISSION' });
    expect(bench.service.health()).toMatchObject({ ok: true });
    await expect(finish(bench, join(bench.service, 'ann'))).resolves.toMatchObject({ agent: 'ann' });
  });

  it('is told at once when the service is to stop', async () => {
    const bench = await openBench({ options: { chance: () => 0.99 } });
    bench.store.fates.push(...Array.from({ length: 100 }, () => 'busy' as const));
    const joined = failureOf(join(bench.service, 'ann'));
    await settled();
    const stopped = bench.service.stop();
    bench.timers.advance(100);
    expect(await joined).toMatchObject({ code: 'UNAVAILABLE', details: { outcome: 'nothing' } });
    await stopped;
  });
});
