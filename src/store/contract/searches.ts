import assert from 'node:assert/strict';
import {
  asDurationMs,
  type AgentId,
  type Entry,
  type Event,
  type Revision,
  type ScopePath,
} from '../../core/index.ts';
import { type SearchOutcome } from '../log-store.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from '../samples.ts';
import { agentSubject, eventSubject, isFound, nameSubject, subjectsOf } from '../subjects.ts';
import {
  agentA,
  agentB,
  found,
  revision,
  revisions,
  variedLog,
  variedSearches,
  type ContractCase,
} from './support.ts';

const scopeNamed = (name: string): ScopePath => name as ScopePath;

function issued(...scopes: string[]): Event {
  const ttlMs = asDurationMs(1_000);
  const wanted = { scopes: scopes.map(scopeNamed), waitMs: null, ttlMs, reason: null };
  return { kind: 'ticket.issued', agent: agentB, epoch: revision(1), ...wanted };
}

const started = (scope: string, agent: AgentId): Event => ({
  kind: 'sync.started',
  scope: scopeNamed(scope),
  agent,
  epoch: revision(1),
});

/** Ends of the ticket of revision 1 and of the run of revision 2, and of a ticket that was never in the log. */
function endsAt(at: number): Entry[] {
  const ended = { kind: 'ticket.ended', agent: agentB, cause: 'cancelled' } as const;
  const events: Event[] = [
    { ...ended, ticket: revision(1) },
    { kind: 'sync.aborted', scope: scopeNamed('scope-3'), run: revision(2), reason: null },
    { ...ended, ticket: revision(9_000) },
  ];
  return events.map((event, index) => ({ ...sampleEntry(at + index), events: [event] }));
}

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
        const expected = entries
          .filter((entry) =>
            isFound(
              subjectsOf(entry, () => null),
              search,
            ),
          )
          .toReversed();
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
    title:
      'a search finds the end of a wait by the scopes of its ticket, and of a run by its agent, near its beginning and far from it',
    run: async (open) => {
      const store = await open();
      const beginnings = [
        { ...sampleEntry(1), events: [issued('scope-1', 'scope-2')] },
        { ...sampleEntry(2), events: [started('scope-3', agentA)] },
      ];
      await store.append(revision(0), [...beginnings, ...endsAt(3)]);
      await store.append(revision(5), sampleEntries(6, 1_200));
      await store.append(revision(1_200), endsAt(1_201));
      for (const searched of [store, await open()])
        for (const [subject, expected] of [
          [nameSubject(scopeNamed('scope-1'), 'changed'), [1_201, 3, 1]],
          [nameSubject(scopeNamed('scope-2'), 'changed'), [1_201, 3, 1]],
          [agentSubject(agentA, 'changed'), [1_202, 4, 2]],
        ] as const)
          assert.deepEqual(revisions(await found(searched, [[subject]])), expected);
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
