import assert from 'node:assert/strict';
import { asRequestId } from '../../core/index.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from '../samples.ts';
import { failure, filled, revision, revisionsIn, type ContractCase } from './support.ts';

/** Beginning a log anew, and closing a store. */
export const lifeCases: readonly ContractCase[] = [
  {
    title: 'a log that begins anew after a snapshot has only that, and goes on after it',
    run: async (open) => {
      const store = await filled(open, 4);
      const other = await open();
      await store.saveSnapshot(sampleSnapshot(2));
      const [begun, late] = [sampleSnapshot(1_000), sampleSnapshot(2_000)];
      assert.equal(await store.beginAfter(revision(4), begun), true);
      assert.equal(await other.beginAfter(revision(4), late), false);
      assert.deepEqual(await other.bounds(), { first: 1_001, last: 1_000 });
      assert.deepEqual(await other.loadSnapshot(), begun);
      assert.deepEqual(await other.read(revision(3), 1), { kind: 'compacted', first: 1_001 });
      const aside = sampleEntry(3).requestId!;
      assert.equal(await other.findRequest(aside), null);
      assert.deepEqual([...(await other.forgottenRequests([aside]))], [aside]);
      assert.deepEqual(await store.append(revision(1_000), sampleEntries(1_001, 2_000)), { kind: 'done' });
      assert.deepEqual(await revisionsIn(other.read(revision(1_999), 9)), [1_999, 2_000]);
      assert.equal((await other.findRequest(sampleEntry(1_003).requestId!))?.revision, 1_003);
    },
  },
  {
    title:
      'an empty log can begin anew; a beginning that is not after the last revision is a bug of the caller',
    run: async (open) => {
      const store = await open();
      assert.equal(await store.beginAfter(revision(0), sampleSnapshot(7)), true);
      assert.deepEqual(await store.bounds(), { first: 8, last: 7 });
      await assert.rejects(store.beginAfter(revision(7), sampleSnapshot(7)), { name: 'AssertionError' });
    },
  },
  {
    title: 'every store of a log tells the same identity',
    run: async (open) => {
      const [store, other] = [await open(), await open()];
      assert.equal(await store.identity(), await other.identity());
      assert.ok((await store.identity()).length > 0);
    },
  },
  {
    title:
      'close may be repeated; every other call afterwards fails with CLOSED, and whoever waits for a hint gets one',
    run: async (open) => {
      const store = await filled(open, 3);
      const waiting = store.hint(revision(3), new AbortController().signal);
      await store.close();
      await store.close();
      await waiting;
      await store.hint(revision(3), new AbortController().signal);
      const calls: (() => Promise<unknown>)[] = [
        () => store.bounds(),
        () => store.append(revision(3), [sampleEntry(4)]),
        () => store.read(revision(1), 1),
        () => store.readBackward(revision(1), 1),
        () => store.saveSnapshot(sampleSnapshot(1)),
        () => store.loadSnapshot(),
        () => store.compact(revision(1)),
        () => store.search([], revision(1), 1),
        () => store.findRequest(asRequestId('one')),
        () => store.forgottenRequests([asRequestId('one')]),
        () => store.identity(),
        () => store.formerLog(),
        () => store.beginAfter(revision(3), sampleSnapshot(9)),
      ];
      for (const call of calls) await assert.rejects(call(), failure('CLOSED'));
    },
  },
  {
    title: 'closing one store leaves the others of the log at work',
    run: async (open) => {
      const store = await open();
      const other = await open();
      await store.close();
      assert.deepEqual(await other.append(revision(0), [sampleEntry(1)]), { kind: 'done' });
    },
  },
];
