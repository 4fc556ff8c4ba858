import assert from 'node:assert/strict';
import { type Revision } from '../../core/index.ts';
import { type SearchOutcome } from '../log-store.ts';
import { sampleSnapshot } from '../samples.ts';
import { agentSubject, eventSubject, isFound, subjectsOf } from '../subjects.ts';
import {
  agentA,
  found,
  revision,
  revisions,
  variedLog,
  variedSearches,
  type ContractCase,
} from './support.ts';

/** Finding entries by what they concern. */
export const searchCases: readonly ContractCase[] = [
  {
    title:
      'a search finds, newest first, every entry that has a subject of each list, wherever it is in the log',
    run: async (open) => {
      const store = await open();
      const entries = await variedLog(store, 1_700);
      const other = await open();
      for (const search of variedSearches) {
        const expected = entries.filter((entry) => isFound(subjectsOf(entry), search)).toReversed();
        for (const searched of [store, other])
          assert.deepEqual(revisions(await found(searched, search)), revisions(expected));
        const before = revision(1_100);
        assert.deepEqual(
          revisions(await found(other, search, before)),
          revisions(expected.filter((entry) => entry.revision < before)),
        );
      }
    },
  },
  {
    title: 'a search gives at most the limit at once, and says where to go on until there is nothing older',
    run: async (open) => {
      const store = await open();
      await variedLog(store, 1_200);
      const seen: number[] = [];
      const search = [[eventSubject('lock')]];
      for (let next: Revision | null = revision(1_201); next !== null;) {
        const page: SearchOutcome = await store.search(search, next, 3);
        assert.ok(page.entries.length <= 3);
        seen.push(...revisions(page.entries));
        next = page.next;
      }
      assert.deepEqual(seen, revisions(await found(store, search)));
    },
  },
  {
    title: 'a search finds nothing that was dropped',
    run: async (open) => {
      const store = await open();
      await variedLog(store, 1_700);
      await store.saveSnapshot(sampleSnapshot(1_600));
      await store.compact(revision(1_201));
      const seen = revisions(await found(store, [[agentSubject(agentA, 'renewed')]]));
      assert.ok(seen.length > 100);
      assert.equal(Math.min(...seen), 1_201);
    },
  },
];
