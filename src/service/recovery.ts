/**
 * From the log to the state it leads to: the newest usable snapshot at or before a revision, then the entries after it.
 *
 * A damaged snapshot is reported and the one before it is taken, or the log from its beginning. A damaged entry is
 * never skipped: the state after it is unknown.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import {
  asRevision,
  decodeState,
  evolve,
  initialState,
  SnapshotError,
  type Entry,
  type Revision,
  type State,
} from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { damageRemedyFor, StoreError, type LogStore, type StoredSnapshot } from '../store/index.ts';
import type { Report } from './failures.ts';

/** Entries read and applied in one piece, with other work after it: some milliseconds. */
const pageEntriesMax = 128;

/** The state of the newest usable snapshot at or before a revision (null: of all), or of the empty log. */
export async function loadBase(store: LogStore, atOrBefore: Revision | null, report: Report): Promise<State> {
  let before = atOrBefore;
  for (;;) {
    const found = await loadUsable(store, before);
    if (found === null) return beginning(store);
    if (found.kind === 'state') return found.state;
    report({ kind: 'corruptSnapshot', message: found.message, cause: found.cause });
    if (found.revision <= 1) return beginning(store);
    before = asRevision(found.revision - 1);
  }
}

type Loaded =
  | { readonly kind: 'state'; readonly state: State }
  | {
      readonly kind: 'corrupt';
      readonly revision: number;
      readonly message: string;
      readonly cause: unknown;
    };

async function loadUsable(store: LogStore, atOrBefore: Revision | null): Promise<Loaded | null> {
  try {
    const snapshot = await store.loadSnapshot(atOrBefore ?? undefined);
    return snapshot === null ? null : await decode(store, snapshot);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'CORRUPT_SNAPSHOT' || error.revision === null)
      throw error;
    return { kind: 'corrupt', revision: error.revision, message: error.message, cause: error };
  }
}

async function decode(store: LogStore, snapshot: StoredSnapshot): Promise<Loaded> {
  const { revision } = snapshot;
  const corrupt = (message: string, cause: unknown): Loaded => ({
    kind: 'corrupt',
    revision,
    message,
    cause,
  });
  const { last } = await store.bounds();
  if (revision > last)
    return corrupt(`the snapshot at ${revision} is ahead of the log, which ends at ${last}`, null);
  try {
    const state = decodeState(snapshot.body);
    await otherWork();
    if (state.revision === revision) return { kind: 'state', state };
    return corrupt(`the snapshot at ${revision} says that it is of revision ${state.revision}`, null);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    return corrupt(`the snapshot at ${revision} cannot be used: ${error.message}`, error);
  }
}

async function beginning(store: LogStore): Promise<State> {
  const { first } = await store.bounds();
  if (first === 1) return initialState();
  throw new CoordinatorError(
    'STORE_FAILURE',
    `the log begins at revision ${first} and no snapshot from before it can be used: ${damageRemedyFor(store.capabilities.file)}`,
    { details: { store: 'CORRUPT_SNAPSHOT', revision: first } },
  );
}

/**
 * Brings a state forward by the log's entries, up to a revision (null: to the end), and hands over each page of them
 * once it is applied. Returns whether there were any.
 */
export async function replay(
  store: LogStore,
  state: State,
  upTo: Revision | null,
  onPage: (entries: readonly Entry[]) => void = () => undefined,
): Promise<boolean> {
  const from = state.revision;
  while (upTo === null || state.revision < upTo) {
    const page = await readPage(store, state, upTo);
    if (page.length === 0) break;
    for (const entry of page) apply(store, state, entry);
    onPage(page);
    if (page.length < pageEntriesMax) break;
    await otherWork();
  }
  return state.revision > from;
}

async function readPage(store: LogStore, state: State, upTo: Revision | null): Promise<readonly Entry[]> {
  const limit = upTo === null ? pageEntriesMax : Math.min(pageEntriesMax, upTo - state.revision);
  const page = await store.read(asRevision(state.revision + 1), limit);
  if (page.kind === 'entries') return page.entries;
  throw new StoreError(
    'COMPACTED',
    `log entry ${state.revision + 1} was dropped: the oldest is ${page.first}`,
    {
      revision: state.revision + 1,
    },
  );
}

function apply({ capabilities: { file } }: LogStore, state: State, entry: Entry): void {
  try {
    evolve(state, entry);
  } catch (cause) {
    throw new CoordinatorError(
      'STORE_FAILURE',
      `log entry ${entry.revision} does not follow from those before it: ${damageRemedyFor(file)}`,
      { details: { store: 'CORRUPT_ENTRY', revision: entry.revision }, cause },
    );
  }
}
