import assert from 'node:assert/strict';
import { sampleEntries, sampleEntry } from '../samples.ts';
import { entriesIn, numbers, revision, revisions, revisionsIn, type ContractCase } from './support.ts';

/** Appending, and what was appended. */
export const appendCases: readonly ContractCase[] = [
  {
    title: 'an append of several entries is read back exactly',
    run: async (open) => {
      const store = await open();
      const entries = sampleEntries(1, 5);
      assert.deepEqual(await store.append(revision(0), entries), { kind: 'done' });
      assert.deepEqual(await store.read(revision(1), 10), { kind: 'entries', entries });
      assert.deepEqual(await store.bounds(), { first: 1, last: 5 });
    },
  },
  {
    title: 'a second store on the same log sees what was appended',
    run: async (open) => {
      const store = await open();
      const other = await open();
      await store.append(revision(0), sampleEntries(1, 3));
      assert.deepEqual(await other.bounds(), { first: 1, last: 3 });
      assert.deepEqual(await revisionsIn(other.read(revision(1), 10)), [1, 2, 3]);
    },
  },
  {
    title: 'an append after another revision than the last is refused, names the last, and writes nothing',
    run: async (open) => {
      const store = await open();
      const entries = sampleEntries(1, 2);
      await store.append(revision(0), entries);
      const refused = { kind: 'refused', lastRevision: 2 };
      assert.deepEqual(await store.append(revision(0), sampleEntries(1, 3, 'late')), refused);
      assert.deepEqual(await store.append(revision(1), [sampleEntry(2, 'late')]), refused);
      assert.deepEqual(await store.append(revision(3), [sampleEntry(4, 'early')]), refused);
      assert.deepEqual(await store.read(revision(1), 10), { kind: 'entries', entries });
    },
  },
  {
    title:
      'of appends that race from two stores, exactly one is done for each revision and the others are refused',
    run: async (open) => {
      const stores = [await open(), await open()];
      for (let last = 0; last < 20; last += 2) {
        const outcomes = await Promise.all(
          stores.flatMap((store, index) => [
            store.append(revision(last), sampleEntries(last + 1, last + 2, `${index}a`)),
            store.append(revision(last), sampleEntries(last + 1, last + 2, `${index}b`)),
          ]),
        );
        assert.deepEqual(outcomes.map((outcome) => outcome.kind).toSorted(), [
          'done',
          'refused',
          'refused',
          'refused',
        ]);
      }
      const entries = await entriesIn(stores[0]!.read(revision(1), 100));
      assert.deepEqual(revisions(entries), numbers(1, 20));
      for (let index = 0; index < 20; index += 2) assert.equal(entries[index]?.by, entries[index + 1]?.by);
    },
  },
  {
    title:
      'entries that do not follow the expected revision without gaps are a bug of the caller and write nothing',
    run: async (open) => {
      const store = await open();
      const wrong = [
        [],
        [sampleEntry(2)],
        [sampleEntry(1), sampleEntry(3)],
        [sampleEntry(1), sampleEntry(1)],
      ];
      for (const entries of wrong)
        await assert.rejects(store.append(revision(0), entries), { name: 'AssertionError' });
      assert.deepEqual(await store.bounds(), { first: 1, last: 0 });
    },
  },
  {
    title: 'what is read is what was appended, whatever happens to the appended object later',
    run: async (open) => {
      const store = await open();
      const entry = { ...sampleEntry(1) };
      await store.append(revision(0), [entry]);
      entry.by = 'changed afterwards';
      assert.deepEqual(await entriesIn(store.read(revision(1), 1)), [sampleEntry(1)]);
    },
  },
  {
    title: 'text of every kind comes back as it was',
    run: async (open) => {
      const store = await open();
      const entry = sampleEntry(1, 'NUL \u0000, quote ", emoji 🔒, lone surrogate \ud800, line\nbreak');
      await store.append(revision(0), [entry]);
      assert.deepEqual(await entriesIn(store.read(revision(1), 1)), [entry]);
    },
  },
];
