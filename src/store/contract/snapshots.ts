import assert from 'node:assert/strict';
import { sampleEntry, sampleSnapshot } from '../samples.ts';
import { failure, filled, revision, revisionsIn, type ContractCase } from './support.ts';

/** Snapshots, and dropping what they stand for. */
export const snapshotCases: readonly ContractCase[] = [
  {
    title: 'the newest snapshot is loaded, or the newest at or before a revision',
    run: async (open) => {
      const store = await filled(open, 9);
      for (const at of [6, 3, 8]) await store.saveSnapshot(sampleSnapshot(at));
      assert.deepEqual(await store.loadSnapshot(), sampleSnapshot(8));
      assert.deepEqual(await store.loadSnapshot(revision(8)), sampleSnapshot(8));
      assert.deepEqual(await store.loadSnapshot(revision(7)), sampleSnapshot(6));
      assert.equal(await store.loadSnapshot(revision(2)), null);
    },
  },
  {
    title: 'a snapshot saved again at its revision takes the place of the first',
    run: async (open) => {
      const store = await filled(open, 3);
      await store.saveSnapshot(sampleSnapshot(2));
      const again = { ...sampleSnapshot(2), body: 'again' };
      await store.saveSnapshot(again);
      assert.deepEqual(await store.loadSnapshot(), again);
    },
  },
  {
    title: 'a snapshot of a revision that is still to come is a bug of the caller',
    run: async (open) => {
      const store = await filled(open, 3);
      await assert.rejects(store.saveSnapshot(sampleSnapshot(4)), { name: 'AssertionError' });
      assert.equal(await store.loadSnapshot(), null);
    },
  },
  {
    title: 'a snapshot of a revision that was dropped is refused',
    run: async (open) => {
      const store = await filled(open, 9);
      await store.saveSnapshot(sampleSnapshot(8));
      await store.compact(revision(6));
      await assert.rejects(store.saveSnapshot(sampleSnapshot(5)), failure('COMPACTED'));
    },
  },
  {
    title: 'compaction without a snapshot to rebuild the state from is refused and drops nothing',
    run: async (open) => {
      const store = await filled(open, 9);
      await assert.rejects(store.compact(revision(5)), failure('COMPACTION_REFUSED'));
      await store.saveSnapshot(sampleSnapshot(3));
      await assert.rejects(store.compact(revision(5)), failure('COMPACTION_REFUSED'));
      await assert.rejects(store.compact(revision(99)), failure('COMPACTION_REFUSED'));
      assert.deepEqual(await store.bounds(), { first: 1, last: 9 });
    },
  },
  {
    title: 'compaction drops what is before the revision; reads from there say what is the oldest',
    run: async (open) => {
      const store = await filled(open, 9);
      await store.saveSnapshot(sampleSnapshot(4));
      await store.compact(revision(5));
      assert.deepEqual(await store.bounds(), { first: 5, last: 9 });
      assert.deepEqual(await store.read(revision(4), 1), { kind: 'compacted', first: 5 });
      assert.deepEqual(await revisionsIn(store.read(revision(5), 100)), [5, 6, 7, 8, 9]);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(8), 100)), [7, 6, 5]);
      assert.deepEqual(await store.readBackward(revision(5), 1), { kind: 'compacted', first: 5 });
    },
  },
  {
    title: 'compaction drops older snapshots, except the newest at or before the last dropped revision',
    run: async (open) => {
      const store = await filled(open, 9);
      for (const at of [1, 2, 3, 7, 8]) await store.saveSnapshot(sampleSnapshot(at));
      await store.compact(revision(6));
      assert.deepEqual(await store.loadSnapshot(revision(6)), sampleSnapshot(3));
      assert.equal(await store.loadSnapshot(revision(2)), null);
      assert.deepEqual(await store.loadSnapshot(revision(7)), sampleSnapshot(7));
    },
  },
  {
    title: 'compaction to where the log already begins changes nothing, snapshot or not',
    run: async (open) => {
      const store = await filled(open, 3);
      await store.compact(revision(1));
      assert.deepEqual(await store.bounds(), { first: 1, last: 3 });
    },
  },
  {
    title: 'a log whose entries were all dropped goes on with the next revision',
    run: async (open) => {
      const store = await filled(open, 4);
      await store.saveSnapshot(sampleSnapshot(4));
      await store.compact(revision(5));
      assert.deepEqual(await store.bounds(), { first: 5, last: 4 });
      assert.deepEqual(await revisionsIn(store.read(revision(5), 10)), []);
      assert.deepEqual(await store.append(revision(4), [sampleEntry(5)]), { kind: 'done' });
      assert.deepEqual(await revisionsIn(store.read(revision(5), 10)), [5]);
    },
  },
];
