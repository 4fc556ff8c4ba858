import assert from 'node:assert/strict';
import {
  asRequestId,
  asRevision,
  asTimeMs,
  type AgentId,
  type Entry,
  type Revision,
  type ScopePath,
} from '../core/index.ts';
import { StoreError, type StoreErrorCode } from './errors.ts';
import { unprintedMax, type LogStore, type ReadOutcome, type SearchOutcome } from './log-store.ts';
import { printOf } from './marks.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from './samples.ts';
import {
  agentSubject,
  eventSubject,
  isFound,
  scopeSubject,
  subjectsOf,
  type EntrySearch,
} from './subjects.ts';

/** Opens one more store on the same log, which is empty at first. */
export type OpenStore = () => Promise<LogStore>;

export interface ContractCase {
  /** A sentence about behaviour. */
  readonly title: string;
  /** Throws where the driver breaks the contract. Stores that it opens are closed by the caller. */
  readonly run: (open: OpenStore) => Promise<void>;
}

const revision = asRevision;

/** What every driver must do, for any test-runner: each case gets a log of its own. */
export const logStoreContract: readonly ContractCase[] = [
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
      assert.equal(await other.findRequest(sampleEntry(3).requestId!), null);
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
  {
    title: 'close may be repeated; every other call afterwards fails with CLOSED, and watchers end with it',
    run: async (open) => {
      const store = await filled(open, 3);
      const watcher = assert.rejects(firstWatched(store, 4, 1), failure('CLOSED'));
      await store.close();
      await store.close();
      await watcher;
      const calls: (() => Promise<unknown>)[] = [
        () => store.bounds(),
        () => store.append(revision(3), [sampleEntry(4)]),
        () => store.read(revision(1), 1),
        () => store.readBackward(revision(1), 1),
        () => firstWatched(store, 1, 1),
        () => store.saveSnapshot(sampleSnapshot(1)),
        () => store.loadSnapshot(),
        () => store.compact(revision(1)),
        () => store.search([], revision(1), 1),
        () => store.findRequest(asRequestId('one')),
        () => store.identity(),
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

const [agentA, agentB] = ['a', 'b'].map((name) => name as AgentId) as [AgentId, AgentId];
const scopeOf = (index: number): ScopePath => `scope-${index}` as ScopePath;

/** A log in which heartbeats, grants and releases of several scopes take turns. Appended in batches of 100. */
async function variedLog(store: LogStore, last: number): Promise<readonly Entry[]> {
  const entries = numbers(1, last).map((at) => ({ ...sampleEntry(at), ...variedPart(at) }));
  for (let from = 0; from < last; from += 100)
    await store.append(revision(from), entries.slice(from, from + 100));
  return entries;
}

function variedPart(at: number): Pick<Entry, 'agent' | 'events'> {
  const scope = scopeOf(at % 97 === 0 ? 99 : at % 5);
  if (at % 3 === 0) return { agent: null, events: [{ kind: 'scope.removed', scope }] };
  if (at % 7 === 0)
    return {
      agent: agentB,
      events: [{ kind: 'lock.released', scope, agent: agentB, token: revision(1), cause: 'left' }],
    };
  const leases = [{ scope, deadlineMs: asTimeMs(at) }];
  return { agent: agentA, events: [{ kind: 'agent.renewed', agent: agentA, leases }] };
}

const variedSearches: readonly EntrySearch[] = [
  [[scopeSubject(scopeOf(2), 'changed')]],
  [[scopeSubject(scopeOf(99), 'changed'), scopeSubject(scopeOf(99), 'renewed')]],
  [[agentSubject(agentB, 'changed')], [scopeSubject(scopeOf(1), 'changed')]],
  [[agentSubject(agentA, 'renewed')], [scopeSubject(scopeOf(0), 'renewed')], [eventSubject('agent')]],
  [[eventSubject('lock.released'), eventSubject('scope')]],
  [[eventSubject('sync')]],
];

async function found(
  store: LogStore,
  search: EntrySearch,
  before = revision(1_000_000),
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let next: Revision | null = before; next !== null;) {
    const page: SearchOutcome = await store.search(search, next, 40);
    entries.push(...page.entries);
    next = page.next;
  }
  return entries;
}

async function filled(open: OpenStore, last: number): Promise<LogStore> {
  const store = await open();
  assert.deepEqual(await store.append(revision(0), sampleEntries(1, last)), { kind: 'done' });
  return store;
}

/** Every store appends in turn with the others, one entry at a time, until the log ends at `to`. */
async function race(stores: readonly LogStore[], from: number, to: number): Promise<void> {
  const writeOn = async (store: LogStore, last: number): Promise<void> => {
    if (last >= to) return;
    const outcome = await store.append(revision(last), [sampleEntry(last + 1)]);
    assert.notEqual(outcome.kind, 'unknown');
    await writeOn(store, outcome.kind === 'refused' ? outcome.lastRevision : last + 1);
  };
  await Promise.all(stores.map((store) => writeOn(store, from)));
}

/** Revisions of the first entries that a watch gives. */
async function firstWatched(store: LogStore, from: number, count: number): Promise<number[]> {
  const seen: number[] = [];
  const stop = new AbortController();
  for await (const entry of store.watch(revision(from), stop.signal)) {
    seen.push(entry.revision);
    if (seen.length === count) stop.abort();
  }
  return seen;
}

async function entriesIn(reading: Promise<ReadOutcome>): Promise<readonly Entry[]> {
  const outcome = await reading;
  assert.equal(outcome.kind, 'entries');
  return outcome.kind === 'entries' ? outcome.entries : [];
}

async function revisionsIn(reading: Promise<ReadOutcome>): Promise<number[]> {
  return revisions(await entriesIn(reading));
}

function revisions(entries: readonly { readonly revision: Revision }[]): number[] {
  return entries.map((entry) => entry.revision);
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function failure(code: StoreErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.code === code;
}
