import { describe, expect, it } from 'vitest';
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

async function openWithOldRelease() {
  const bench = await openBench({ options: { checkInvariants: 'never' } });
  const { service } = bench;
  await defineScopes(service, 'a');
  const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
  await acquire(service, ann, 'a');
  const command = { kind: 'ReleaseLock', ...ann, scopes: null, token: null } as const;
  const first = await submit(service, command, 'old');
  await longAgo(bench, bob);
  const token = resultOf(await acquire(service, ann, 'a'), 'granted').locks[0]!.token;
  return { ...bench, ann, bob, command, first, token };
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
    const bench = await openBench({ options: { checkInvariants: 'never' } });
    const { service } = bench;
    await defineScopes(service, 'a');
    const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
    await acquire(service, ann, 'a');
    const command = { kind: 'ReleaseLock', ...ann, scopes: null, token: null } as const;
    const { revision } = await submit(service, command, 'old');
    await acquire(service, ann, 'a');
    const beat = () => submit(service, { kind: 'Heartbeat', ...bob });
    await Promise.all(Array.from({ length: recentRequestsMax - 20 }, beat));
    for (let turn = 0; turn < 40; turn += 1) {
      const [, again] = await Promise.all([beat(), submit(service, command, 'old')]);
      expect(again.revision, `in turn ${turn}`).toBe(revision);
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
