import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../store/memory/index.ts';
import { acquire, defineScopes, join, openBench, resultOf, settled, type Bench } from './testing.ts';

async function openWithSnapshots(): Promise<Bench> {
  const bench = await openBench({ options: { snapshotEveryEntries: 4 } });
  await defineScopes(bench.service, 'a');
  for (let name = 1; name <= 12; name += 1) await join(bench.service, `agent-${name}`);
  await settled();
  return bench;
}

async function statusOf({ service }: Bench) {
  return service.query({ kind: 'status', at: null });
}

describe('opening', () => {
  it('leads to the state that was left, from a snapshot and from the log alone', async () => {
    const first = await openWithSnapshots();
    expect(first.log.snapshots.length).toBeGreaterThan(1);
    const bare = new MemoryLog();
    bare.entries = [...first.log.entries];
    const fromSnapshot = await openBench({ log: first.log, clock: first.clock });
    const fromLog = await openBench({ log: bare, clock: first.clock });
    expect(await statusOf(fromSnapshot)).toEqual(await statusOf(first));
    expect(await statusOf(fromLog)).toEqual(await statusOf(first));
  });

  it('takes an older snapshot when the newest is damaged, and reports that', async () => {
    const first = await openWithSnapshots();
    const newest = first.log.snapshots.pop()!;
    first.log.snapshots.push({ ...newest, body: newest.body.replace('agent-1', 'agent-X') });
    const next = await openBench({ log: first.log, clock: first.clock });
    expect(next.problems).toMatchObject([{ kind: 'corruptSnapshot' }]);
    expect(await statusOf(next)).toEqual(await statusOf(first));
  });

  it('reads the whole log when no snapshot is usable', async () => {
    const first = await openWithSnapshots();
    first.log.snapshots = first.log.snapshots.map((row) => ({ ...row, body: 'damaged' }));
    const next = await openBench({ log: first.log, clock: first.clock });
    expect(next.problems.length).toBe(first.log.snapshots.length);
    expect(await statusOf(next)).toEqual(await statusOf(first));
  });

  it('fails rather than skip a damaged entry, and names it', async () => {
    const first = await openBench();
    await join(first.service, 'ann');
    await join(first.service, 'bob');
    first.log.entries = first.log.entries.map((row) => (row.revision === 2 ? { ...row, body: '{}' } : row));
    const opened = openBench({ log: first.log, clock: first.clock });
    await expect(opened).rejects.toMatchObject({
      code: 'STORE_FAILURE',
      details: { store: 'CORRUPT_ENTRY', revision: 2 },
    });
  });
});

describe('compaction', () => {
  it('keeps every moment within the horizon and drops what is older', async () => {
    const bench = await openBench({ options: { snapshotEveryEntries: 5, horizonMs: 60_000 } });
    for (let name = 1; name <= 60; name += 1) {
      bench.clock.advance(5_000);
      await join(bench.service, `agent-${name}`);
    }
    await settled();
    const { first } = await bench.store.bounds();
    expect(first).toBeGreaterThan(30);
    expect(bench.service.health().firstRevision).toBe(first);
    const atMs = (await statusOf(bench)).timeMs - 60_000;
    const past = await bench.service.query({ kind: 'status', at: { kind: 'time', atMs: atMs as never } });
    expect(past.timeMs).toBeLessThanOrEqual(atMs);
  });
});

describe('stopping', () => {
  it('keeps a snapshot when opening would otherwise replay a good part of an interval', async () => {
    const bench = await openBench({ options: { snapshotEveryEntries: 20 } });
    await join(bench.service, 'ann');
    await join(bench.service, 'bob');
    await bench.service.stop();
    expect(bench.log.snapshots.map((row) => row.revision)).toEqual([3]);
  });
});

describe('a restart', () => {
  it('leaves sessions and tokens as they were', async () => {
    const first = await openBench();
    await defineScopes(first.service, 'a');
    const ann = await join(first.service, 'ann');
    const { token } = resultOf(await acquire(first.service, ann, 'a'), 'granted').locks[0]!;
    const next = await openBench({ log: first.log, clock: first.clock });
    const again = resultOf(await acquire(next.service, ann, 'a'), 'granted').locks[0]!;
    expect(again.token).toBe(token);
  });
});
