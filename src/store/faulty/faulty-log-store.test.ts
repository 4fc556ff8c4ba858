import { describe, expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { MemoryLogStore } from '../memory/index.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from '../samples.ts';
import { ManualTime } from '../../time/index.ts';
import { FaultyLogStore, noFaults, randomFaults, type Fault, type StoreCall } from './index.ts';

const revision = asRevision;

async function storeWith(fault: Fault, on: StoreCall) {
  const inner = new MemoryLogStore();
  await inner.append(revision(0), sampleEntries(1, 3));
  const plan = (call: StoreCall) => ({ fault: call === on ? fault : ('none' as const), delayMs: 0 });
  return { inner, store: new FaultyLogStore(inner, plan, new ManualTime()) };
}

describe('planned faults', () => {
  test('a failed append says that it failed, may be repeated, and has written nothing', async () => {
    const { inner, store } = await storeWith('failed', 'append');
    const append = store.append(revision(3), [sampleEntry(4)]);
    await expect(append).rejects.toMatchObject({ code: 'IO', retryable: true });
    expect(await inner.bounds()).toEqual({ first: 1, last: 3 });
  });

  test('an append whose request is lost is unknown and has written nothing', async () => {
    const { inner, store } = await storeWith('requestLost', 'append');
    expect(await store.append(revision(3), [sampleEntry(4)])).toMatchObject({ kind: 'unknown' });
    expect(await inner.bounds()).toEqual({ first: 1, last: 3 });
  });

  test('an append whose answer is lost is unknown and has written everything', async () => {
    const { inner, store } = await storeWith('answerLost', 'append');
    expect(await store.append(revision(3), sampleEntries(4, 6))).toMatchObject({ kind: 'unknown' });
    expect(await inner.bounds()).toEqual({ first: 1, last: 6 });
  });

  test('a refusal whose answer is lost is unknown as well', async () => {
    const { inner, store } = await storeWith('answerLost', 'append');
    expect(await store.append(revision(0), [sampleEntry(1)])).toMatchObject({ kind: 'unknown' });
    expect(await inner.bounds()).toEqual({ first: 1, last: 3 });
  });

  test('whatever reads can fail and may be repeated', async () => {
    const { store } = await storeWith('failed', 'read');
    const calls = [
      () => store.bounds(),
      () => store.read(revision(1), 1),
      () => store.readBackward(revision(1), 1),
      () => store.loadSnapshot(),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'IO', retryable: true });
  });

  test('a hint whose read would fail is given for nothing', async () => {
    const { inner, store } = await storeWith('failed', 'read');
    const { last } = await inner.bounds();
    await store.hint(last, new AbortController().signal);
  });

  test('a failed snapshot or compaction has done nothing', async () => {
    const { inner, store } = await storeWith('failed', 'saveSnapshot');
    await expect(store.saveSnapshot(sampleSnapshot(2))).rejects.toMatchObject({ code: 'IO' });
    expect(await inner.loadSnapshot()).toBeNull();
    await inner.saveSnapshot(sampleSnapshot(2));
    const { store: other } = {
      store: new FaultyLogStore(inner, () => ({ fault: 'failed', delayMs: 0 }), new ManualTime()),
    };
    await expect(other.compact(revision(2))).rejects.toMatchObject({ code: 'IO' });
    expect(await inner.bounds()).toEqual({ first: 1, last: 3 });
  });

  test('a delayed call reaches the store when its time has come', async () => {
    const inner = new MemoryLogStore();
    const timers = new ManualTime();
    const store = new FaultyLogStore(inner, () => ({ fault: 'none', delayMs: 10 }), timers);
    const append = store.append(revision(0), [sampleEntry(1)]);
    timers.advance(9);
    expect(await inner.bounds()).toEqual({ first: 1, last: 0 });
    timers.advance(1);
    expect(await append).toEqual({ kind: 'done' });
  });
});

describe('faults by chance', () => {
  const rates = { failed: 0.1, requestLost: 0.2, answerLost: 0.3, delayed: 0.5, delayMaxMs: 40 };
  const planned = (call: StoreCall, ...lots: number[]) => randomFaults(() => lots.shift() ?? 0, rates)(call);

  test('the lot decides by the rates, and only appends can be unknown', () => {
    expect(planned('append', 0.09, 0.9).fault).toBe('failed');
    expect(planned('append', 0.29, 0.9).fault).toBe('requestLost');
    expect(planned('append', 0.59, 0.9).fault).toBe('answerLost');
    expect(planned('append', 0.61, 0.9).fault).toBe('none');
    expect(planned('read', 0.09, 0.9).fault).toBe('failed');
    expect(planned('read', 0.29, 0.9).fault).toBe('none');
  });

  test('delays stay within their bound', () => {
    expect(planned('read', 0.9, 0.5).delayMs).toBe(0);
    expect(planned('read', 0.9, 0.25).delayMs).toBe(20);
    expect(planned('read', 0.9, 0.499999).delayMs).toBe(40);
  });

  test('no faults means none', () => {
    expect(noFaults('append')).toEqual({ fault: 'none', delayMs: 0 });
  });
});
