import assert from 'node:assert/strict';
import { asRequestId } from '../../core/index.ts';
import { unprintedMax } from '../log-store.ts';
import { printOf } from '../marks.ts';
import { sampleEntry, sampleSnapshot } from '../samples.ts';
import { revision, variedLog, type ContractCase } from './support.ts';

/** Knowing again which request ids were used. */
export const requestCases: readonly ContractCase[] = [
  {
    title: 'the entry of a request id is found wherever it is, and none for another id',
    run: async (open) => {
      const store = await open();
      const entries = await variedLog(store, 1_700);
      const other = await open();
      for (const entry of [entries[0]!, entries[700]!, entries[1_699]!])
        for (const searched of [store, other])
          assert.deepEqual(await searched.findRequest(entry.requestId!), entry);
      assert.equal(await other.findRequest(asRequestId('never used')), null);
    },
  },
  {
    title: 'the request ids of what was dropped stay known, and no other id is taken for one of them',
    run: async (open) => {
      const store = await open();
      const entries = await variedLog(store, 1_700);
      const other = await open();
      const [dropped, kept] = [entries[3]!.requestId!, entries[1_650]!.requestId!];
      assert.equal((await other.forgottenRequests([asRequestId('never used'), dropped, kept])).size, 0);
      await store.saveSnapshot(sampleSnapshot(1_600));
      await store.compact(revision(1_601));
      const asked = [asRequestId('never used'), dropped, kept, entries[1_599]!.requestId!];
      assert.deepEqual([...(await other.forgottenRequests(asked))], [dropped, asked[3]]);
      assert.equal(await other.findRequest(dropped), null);
      assert.equal((await other.findRequest(kept))?.revision, 1_651);
      assert.equal((await other.forgottenRequests([])).size, 0);
    },
  },
  {
    title: 'request ids that differ only in what UTF-8 cannot tell apart are two',
    run: async (open) => {
      const store = await open();
      const [used, other] = [asRequestId('a\ud800'), asRequestId('a\ud801')];
      await store.append(revision(0), [{ ...sampleEntry(1), requestId: used }]);
      await store.saveSnapshot(sampleSnapshot(1));
      await store.compact(revision(2));
      assert.deepEqual([...(await store.forgottenRequests([other, used]))], [used]);
    },
  },
  {
    title: 'an entry without a request id can be dropped',
    run: async (open) => {
      const store = await open();
      await store.append(revision(0), [{ ...sampleEntry(1), requestId: null }]);
      await store.saveSnapshot(sampleSnapshot(1));
      await store.compact(revision(2));
      assert.deepEqual(await store.bounds(), { first: 2, last: 1 });
    },
  },
  {
    title: 'the prints of all request ids are told, but for some of the newest',
    run: async (open) => {
      const store = await open();
      const entries = await variedLog(store, 1_700);
      const prints = new Set<number>();
      for await (const part of store.requestPrints()) for (const print of part) prints.add(print);
      const missing = entries.filter((entry) => !prints.has(printOf(entry.requestId!)));
      assert.ok(missing.length <= unprintedMax);
      assert.ok(missing.every((entry) => entry.revision > 1_700 - unprintedMax));
    },
  },
];
