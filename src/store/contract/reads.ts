import assert from 'node:assert/strict';
import { sampleEntries, sampleEntry } from '../samples.ts';
import { filled, firstHinted, numbers, race, revision, revisionsIn, type ContractCase } from './support.ts';

/** Reading the log, and hints of what to read. */
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
    title: 'whoever reads when a hint says so has each entry once and in order, whichever store appended it',
    run: async (open) => {
      const stores = [await open(), await open()];
      await stores[0]!.append(revision(0), sampleEntries(1, 3));
      const readers = [await open(), await open()];
      const seen = Promise.all(readers.map((store) => firstHinted(store, 2, 22)));
      await race(stores, 3, 23);
      for (const found of await seen) assert.deepEqual(found, numbers(2, 23));
    },
  },
  {
    title: 'a hint is given at once where more is there already',
    run: async (open) => {
      const store = await filled(open, 2);
      await store.hint(revision(1), new AbortController().signal);
    },
  },
  {
    title: 'a hint is waited for until somebody else appends',
    run: async (open) => {
      const [store, other] = [await filled(open, 1), await open()];
      let given = false;
      const hint = store.hint(revision(1), new AbortController().signal).then(() => (given = true));
      await new Promise((resolve) => void setImmediate(resolve));
      assert.equal(given, false);
      await other.append(revision(1), [sampleEntry(2)]);
      await hint;
    },
  },
  {
    title: 'waiting for a hint ends when its signal aborts, before it or meanwhile',
    run: async (open) => {
      const store = await filled(open, 1);
      const stop = new AbortController();
      const hint = store.hint(revision(1), stop.signal);
      stop.abort();
      await hint;
      await store.hint(revision(1), stop.signal);
    },
  },
];
