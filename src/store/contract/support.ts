import assert from 'node:assert/strict';
import {
  asRevision,
  asTimeMs,
  type AgentId,
  type Entry,
  type Revision,
  type ScopePath,
} from '../../core/index.ts';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import { type LogStore, type ReadOutcome, type SearchOutcome } from '../log-store.ts';
import { sampleEntries, sampleEntry } from '../samples.ts';
import { agentSubject, eventSubject, nameSubject, type EntrySearch } from '../subjects.ts';

/** Opens one more store on the same log, which is empty at first. */
export type OpenStore = () => Promise<LogStore>;

export interface ContractCase {
  /** A sentence about behaviour. */
  readonly title: string;
  /** Throws where the driver breaks the contract. Stores that it opens are closed by the caller. */
  readonly run: (open: OpenStore) => Promise<void>;
}

export const revision = asRevision;

export const [agentA, agentB] = ['a', 'b'].map((name) => name as AgentId) as [AgentId, AgentId];
const scopeOf = (index: number): ScopePath => `scope-${index}` as ScopePath;

/** A log in which heartbeats, grants and releases of several scopes take turns. Appended in batches of 100. */
export async function variedLog(store: LogStore, last: number): Promise<readonly Entry[]> {
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

export const variedSearches: readonly EntrySearch[] = [
  [[nameSubject(scopeOf(2), 'changed')]],
  [[nameSubject(scopeOf(99), 'changed'), nameSubject(scopeOf(99), 'renewed')]],
  [[agentSubject(agentB, 'changed')], [nameSubject(scopeOf(1), 'changed')]],
  [[agentSubject(agentA, 'renewed')], [nameSubject(scopeOf(0), 'renewed')], [eventSubject('agent')]],
  [[eventSubject('lock.released'), eventSubject('scope')]],
  [[eventSubject('sync')]],
];

export async function found(
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

export async function filled(open: OpenStore, last: number): Promise<LogStore> {
  const store = await open();
  assert.deepEqual(await store.append(revision(0), sampleEntries(1, last)), { kind: 'done' });
  return store;
}

/** Every store appends in turn with the others, one entry at a time, until the log ends at `to`. */
export async function race(stores: readonly LogStore[], from: number, to: number): Promise<void> {
  const writeOn = async (store: LogStore, last: number): Promise<void> => {
    if (last >= to) return;
    const outcome = await store.append(revision(last), [sampleEntry(last + 1)]);
    assert.notEqual(outcome.kind, 'unknown');
    await writeOn(store, outcome.kind === 'refused' ? outcome.lastRevision : last + 1);
  };
  await Promise.all(stores.map((store) => writeOn(store, from)));
}

/** Revisions of the first entries from a position on, by reading whenever a hint says so. `store` appends nothing meanwhile. */
export async function firstHinted(store: LogStore, from: number, count: number): Promise<number[]> {
  const seen: number[] = [];
  const { signal } = new AbortController();
  while (seen.length < count) {
    const page = await revisionsIn(store.read(revision(from + seen.length), count - seen.length));
    seen.push(...page);
    if (page.length === 0) await store.hint(revision(from + seen.length - 1), signal);
  }
  return seen;
}

export async function entriesIn(reading: Promise<ReadOutcome>): Promise<readonly Entry[]> {
  const outcome = await reading;
  assert.equal(outcome.kind, 'entries');
  return outcome.kind === 'entries' ? outcome.entries : [];
}

export async function revisionsIn(reading: Promise<ReadOutcome>): Promise<number[]> {
  return revisions(await entriesIn(reading));
}

export function revisions(entries: readonly { readonly revision: Revision }[]): number[] {
  return entries.map((entry) => entry.revision);
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export function failure(code: StoreErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.code === code;
}
