import assert from 'node:assert/strict';
import { sampleEntries, sampleSnapshot } from '../samples.ts';
import {
  failure,
  filled,
  firstWatched,
  numbers,
  race,
  revision,
  revisionsIn,
  type ContractCase,
} from './support.ts';

/** Reading and watching the log. */
export const readCases: readonly ContractCase[] = [
  {
    title: 'an empty log is bounded by first = 1 and last = 0, and has nothing to read',
    run: async (open) => {
      const store = await open();
      assert.deepEqual(await store.bounds(), { first: 1, last: 0 });
      assert.deepEqual(await revisionsIn(store.read(revision(1), 10)), []);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(1), 10)), []);
      assert.equal(await store.loadSnapshot(), null);
    },
  },
  {
    title: 'read gives at most the limit, in order, and nothing at or after the end',
    run: async (open) => {
      const store = await filled(open, 10);
      assert.deepEqual(await revisionsIn(store.read(revision(4), 3)), [4, 5, 6]);
      assert.deepEqual(await revisionsIn(store.read(revision(9), 100)), [9, 10]);
      assert.deepEqual(await revisionsIn(store.read(revision(11), 100)), []);
      assert.deepEqual(await revisionsIn(store.read(revision(99), 100)), []);
    },
  },
  {
    title: 'readBackward gives at most the limit before a position, newest first',
    run: async (open) => {
      const store = await filled(open, 10);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(11), 3)), [10, 9, 8]);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(8), 3)), [7, 6, 5]);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(3), 100)), [2, 1]);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(1), 100)), []);
      assert.deepEqual(await revisionsIn(store.readBackward(revision(99), 2)), [10, 9]);
    },
  },
  {
    title: 'watch gives what is there and then what is appended, each once and in order, from every store',
    run: async (open) => {
      const stores = [await open(), await open()];
      await stores[0]!.append(revision(0), sampleEntries(1, 3));
      const seen = Promise.all(stores.map((store) => firstWatched(store, 2, 22)));
      await race(stores, 3, 23);
      for (const found of await seen) assert.deepEqual(found, numbers(2, 23));
    },
  },
  {
    title: 'watch from a position that is still to come waits for it',
    run: async (open) => {
      const store = await filled(open, 1);
      const seen = firstWatched(store, 3, 1);
      await store.append(revision(1), sampleEntries(2, 3));
      assert.deepEqual(await seen, [3]);
    },
  },
  {
    title: 'watch ends when its signal aborts, also while it waits',
    run: async (open) => {
      const store = await filled(open, 1);
      const stop = new AbortController();
      const seen: number[] = [];
      for await (const entry of store.watch(revision(1), stop.signal)) {
        seen.push(entry.revision);
        setImmediate(() => stop.abort());
      }
      assert.deepEqual(seen, [1]);
      for await (const entry of store.watch(revision(1), stop.signal)) seen.push(entry.revision);
      assert.deepEqual(seen, [1]);
    },
  },
  {
    title: 'watch from a position that was dropped fails with COMPACTED',
    run: async (open) => {
      const store = await filled(open, 9);
      await store.saveSnapshot(sampleSnapshot(8));
      await store.compact(revision(6));
      await assert.rejects(firstWatched(store, 5, 1), failure('COMPACTED'));
    },
  },
];
