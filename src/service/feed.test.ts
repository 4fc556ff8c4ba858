import { describe, expect, it } from 'vitest';
import { asRevision } from '../core/index.ts';
import { defineScopes, join, openBench, settled, type Bench } from './testing.ts';

/** Revisions as they are seen, and a way to end. */
function watch({ service }: Bench, from: number) {
  const seen: number[] = [];
  const end = new AbortController();
  const over = (async () => {
    for await (const entry of service.watch(asRevision(from), end.signal)) seen.push(entry.revision);
  })();
  return { seen, end, over };
}

async function joinMany(bench: Bench, from: number, to: number): Promise<void> {
  await Promise.all(
    Array.from({ length: to - from + 1 }, (_, index) => join(bench.service, `agent-${from + index}`)),
  );
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('watching', () => {
  it('begins in the past and goes on live, each entry once and in order', async () => {
    const bench = await openBench();
    await joinMany(bench, 1, 3);
    const { seen, end, over } = watch(bench, 1);
    await settled();
    expect(seen).toEqual(upTo(4));
    await joinMany(bench, 4, 5);
    await settled();
    expect(seen).toEqual(upTo(6));
    end.abort();
    await over;
  });

  it('reads from the store what is no longer remembered', async () => {
    const bench = await openBench({ options: { checkInvariants: 'never' } });
    await joinMany(bench, 1, 3_000);
    const { seen, end, over } = watch(bench, 1);
    for (let turn = 0; turn < 50; turn += 1) await settled();
    expect(seen).toEqual(upTo(3_001));
    end.abort();
    await over;
  });

  it('waits for a revision that is still to come', async () => {
    const bench = await openBench();
    const { seen, end, over } = watch(bench, 4);
    await joinMany(bench, 1, 2);
    await settled();
    expect(seen).toEqual([]);
    await joinMany(bench, 3, 4);
    await settled();
    expect(seen).toEqual([4, 5]);
    end.abort();
    await over;
  });

  it('delays nobody when the watcher is slow, and loses nothing', async () => {
    const bench = await openBench({ options: { checkInvariants: 'never' } });
    const end = new AbortController();
    const slow = bench.service.watch(asRevision(1), end.signal)[Symbol.asyncIterator]();
    expect((await slow.next()).value?.revision).toBe(1);
    await joinMany(bench, 1, 4_000);
    for (let revision = 2; revision <= 4_001; revision += 1)
      expect((await slow.next()).value?.revision).toBe(revision);
    end.abort();
  });

  it('of a position that was dropped fails, and says what is still there', async () => {
    const bench = await openBench({ options: { snapshotEveryEntries: 5, horizonMs: 0 } });
    await defineScopes(bench.service, 'a');
    for (let name = 1; name <= 12; name += 1) {
      bench.clock.advance(10);
      await join(bench.service, `agent-${name}`);
    }
    await settled();
    const { seen, over } = watch(bench, 1);
    await expect(over).rejects.toMatchObject({ code: 'COMPACTED' });
    expect(seen).toEqual([]);
  });

  it('ends with a call to come again when the service stops', async () => {
    const bench = await openBench();
    const { over } = watch(bench, 1);
    const ended = expect(over).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    await settled();
    await bench.service.stop();
    await ended;
  });
});
