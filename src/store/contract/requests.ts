import assert from 'node:assert/strict';
import { asRequestId } from '../../core/index.ts';
import { unprintedMax } from '../log-store.ts';
import { printOf } from '../marks.ts';
import { variedLog, type ContractCase } from './support.ts';

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
