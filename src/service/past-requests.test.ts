import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs } from '../core/index.ts';
import { recentRequestsMax } from '../core/limits.ts';
import { PrintSet } from './print-set.ts';
import {
  acquire,
  defineScopes,
  join,
  openBench,
  release,
  resultOf,
  submit,
  type Bench,
  type Identity,
} from './testing.ts';

/** More commands than the state remembers. */
async function longAgo({ service }: Bench, who: Identity): Promise<void> {
  for (let sent = 0; sent <= recentRequestsMax; sent += 500)
    await Promise.all(Array.from({ length: 500 }, () => submit(service, { kind: 'Heartbeat', ...who })));
}

/** Ann has given back what she held. */
async function openWithRelease() {
  const bench = await openBench({ options: { checkInvariants: 'never' } });
  const { service } = bench;
  await defineScopes(service, 'a');
  const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
  await acquire(service, ann, 'a');
  const command = { kind: 'ReleaseLock', ...ann, scopes: null, token: null } as const;
  const first = await submit(service, command, 'old');
  return { ...bench, ann, bob, command, first };
}

async function openWithOldRelease() {
  const bench = await openWithRelease();
  const { service, ann, bob } = bench;
  await longAgo(bench, bob);
  const token = resultOf(await acquire(service, ann, 'a'), 'granted').locks[0]!.token;
  return { ...bench, token };
}

describe('a request that is repeated after the state has forgotten it', () => {
  it('gets its first answer and does nothing again', async () => {
    const { service, command, first, token } = await openWithOldRelease();
    const again = await submit(service, command, 'old');
    expect(again).toMatchObject({ ok: true, revision: first.revision, result: resultOf(first, 'released') });
    const { locks } = await service.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'a', token }]);
  });

  it('is known as well to the next owner of the log', async () => {
    const { log, clock, command, first, token } = await openWithOldRelease();
    const next = await openBench({ log, clock, options: { checkInvariants: 'never' } });
    expect(await submit(next.service, command, 'old')).toMatchObject({ revision: first.revision });
    expect((await next.service.query({ kind: 'status', at: null })).locks).toMatchObject([{ token }]);
  });

  it('is refused when another command comes under its id', async () => {
    const { service, bob } = await openWithOldRelease();
    const reply = await submit(service, { kind: 'ReleaseLock', ...bob, scopes: null, token: null }, 'old');
    expect(reply).toMatchObject({ ok: false, rejection: { code: 'REQUEST_ID_REUSED' } });
  });

  it('is known in the very batch in which the state forgets it', async () => {
    const { service, ann, bob, command, first } = await openWithRelease();
    await acquire(service, ann, 'a');
    const beat = () => submit(service, { kind: 'Heartbeat', ...bob });
    await Promise.all(Array.from({ length: recentRequestsMax - 20 }, beat));
    for (let turn = 0; turn < 40; turn += 1) {
      const [, again] = await Promise.all([beat(), submit(service, command, 'old')]);
      expect(again.revision, `in turn ${turn}`).toBe(first.revision);
    }
  });

  it('costs nothing while ids are new', async () => {
    const { service, store, ann } = await openWithOldRelease();
    let searches = 0;
    const find = store.findRequest;
    store.findRequest = (id) => ((searches += 1), find(id));
    await release(service, ann);
    expect(searches).toBe(0);
  });
});

/** A log whose first entries were dropped: the state remembers their requests no more. */
async function openWithDroppedRelease() {
  const dayMs = 86_400_000;
  const options = { checkInvariants: 'never', horizonMs: dayMs, snapshotEveryEntries: 4_000 } as const;
  const bench = await openBench({ options });
  const { service, clock, store } = bench;
  await defineScopes(service, 'a');
  const ann = await join(service, 'ann');
  await acquire(service, ann, 'a');
  const command = { kind: 'ReleaseLock', ...ann, scopes: null, token: null } as const;
  await submit(service, command, 'old');
  await longAgo(bench, ann);
  clock.advance(3 * dayMs);
  const again = await join(service, 'ann');
  await longAgo(bench, again);
  const { first } = await store.bounds();
  expect(first).toBeGreaterThan(5);
  const token = resultOf(await acquire(service, again, 'a'), 'granted').locks[0]!.token;
  return { ...bench, options, ann: again, command, first, token };
}

describe('a request that is repeated after the log has dropped it', () => {
  const forgotten = { ok: false, rejection: { code: 'REQUEST_FORGOTTEN' } };

  it('is refused as that and does nothing again', async () => {
    const { service, command, first, token, store, ann } = await openWithDroppedRelease();
    const reply = await submit(service, { ...command, ...ann }, 'old');
    const page = await store.read(first, 1);
    const oldest = page.kind === 'entries' ? page.entries[0]! : undefined;
    expect(reply).toMatchObject({
      ...forgotten,
      rejection: {
        message: expect.stringContaining(`on or before ${new Date(oldest!.atMs).toISOString()}`),
        details: { beforeRevision: first, beforeMs: oldest!.atMs },
      },
    });
    const { locks } = await service.query({ kind: 'status', at: null });
    expect(locks).toMatchObject([{ scope: 'a', token }]);
  });

  it('is known to the next owner of the log, which takes new ids as before', async () => {
    const { log, clock, command, ann, options, token } = await openWithDroppedRelease();
    const next = await openBench({ log, clock, options });
    expect(await submit(next.service, { ...command, ...ann }, 'old')).toMatchObject(forgotten);
    expect((await next.service.query({ kind: 'status', at: null })).locks).toMatchObject([{ token }]);
    expect(await submit(next.service, { ...command, ...ann }, 'new')).toMatchObject({ ok: true });
  });

  it('is known where another process has dropped it', async () => {
    const bench = await openBench({ options: { checkInvariants: 'never' } });
    const { service, store } = bench;
    const ann = await join(service, 'ann');
    const { revision } = await submit(service, { kind: 'Heartbeat', ...ann }, 'old');
    await longAgo(bench, ann);
    const { last } = await store.bounds();
    await store.saveSnapshot({ revision: last, atMs: asTimeMs(0), body: '' });
    await store.compact(asRevision(revision + 1));
    expect(await submit(service, { kind: 'Heartbeat', ...ann }, 'old')).toMatchObject(forgotten);
  });

  it('costs no look while the log has all its entries', async () => {
    const { service, store } = await openBench();
    const ann = await join(service, 'ann');
    let looks = 0;
    const look = store.forgottenRequests;
    store.forgottenRequests = (ids) => ((looks += 1), look(ids));
    await submit(service, { kind: 'Heartbeat', ...ann });
    expect(looks).toBe(0);
  });
});

describe('a request that another process took while this one saw nothing of the log', () => {
  it('is known, although the state has forgotten it and its entry was never read here', async () => {
    const frozen = await openBench({ options: { checkInvariants: 'never', follow: false } });
    const { log, clock } = frozen;
    const options = { checkInvariants: 'never', horizonMs: 1, snapshotEveryEntries: 4_000 } as const;
    const other = await openBench({ log, clock, options });
    const ann = await join(other.service, 'ann');
    await longAgo(other, ann);
    const { revision } = await submit(other.service, { kind: 'Heartbeat', ...ann }, 'old');
    clock.advance(60_000);
    await longAgo(other, ann);
    const { first } = await other.store.bounds();
    expect(first).toBeGreaterThan(frozen.service.health().revision + 1);
    expect(first).toBeLessThan(revision);
    const reply = await submit(frozen.service, { kind: 'Heartbeat', ...ann }, 'old');
    expect(reply).toMatchObject({ ok: true, revision });
  });
});

describe('a set of prints', () => {
  it('has what was added, and nothing else, however many they are', () => {
    const set = new PrintSet();
    const print = (index: number): number => Math.imul(index, 2_654_435_761) >>> 0 || 1;
    for (let index = 1; index <= 5_000; index += 1) set.add(print(index));
    set.add(print(1));
    expect(set.size).toBe(5_000);
    expect(set.has(print(4_999))).toBe(true);
    expect(set.has(print(5_001))).toBe(false);
  });
});
