/** Who had what an agent has just got: the core says who that is, and here the log is read for it. */
import {
  asRevision,
  endsOfScope,
  formerHolders,
  grantsOf,
  type Entry,
  type GotLock,
  type Revision,
  type ScopePath,
} from '../core/index.ts';
import type { FormerHoldersAnswer, Query } from '../protocol/index.ts';
import { eventSubject, nameSubject, type LogStore } from '../store/index.ts';
import { entriesAt, type LogPorts } from './notices.ts';

/** Entries of one scope that are looked at, and looks at the index that they may take. */
const entriesMax = 100;
const looksMax = 4;
/** Scopes that are looked at: who gets more at once is told of the first of them. */
const scopesMax = 20;

const endKinds = ['lock.released', 'lock.expired', 'lock.revoked'];

export async function readFormerHolders(
  { store, look }: LogPorts,
  { agent, epoch, locks }: Extract<Query, { kind: 'formerHolders' }>,
): Promise<FormerHoldersAnswer> {
  const { revision, nowMs } = await look((state, now) => ({ revision: state.revision, nowMs: now }));
  const scopes = [...new Set(locks.map(({ scope }) => scope))].slice(0, scopesMax);
  const told: FormerHoldersAnswer['locks'][number][] = [];
  for (const scope of scopes) {
    const own = locks.filter((lock) => lock.scope === scope);
    const entries = await endsIn(store, scope, newestOf(own));
    const begun = await entriesAt(store, grantsOf(entries));
    const ends = endsOfScope(scope, entries);
    for (const lock of own) {
      const former = formerHolders({ agent, epoch }, lock, ends, begun, nowMs);
      if (former.holders.length > 0) told.push({ ...lock, ...former });
    }
  }
  return { revision, nowMs, locks: told };
}

const newestOf = (locks: readonly GotLock[]): Revision =>
  asRevision(Math.max(...locks.map(({ token }) => token)));

/** Entries in which locks of a scope ended, up to a revision, newest first. */
async function endsIn(store: LogStore, scope: ScopePath, upTo: Revision): Promise<readonly Entry[]> {
  const search = [[nameSubject(scope, 'changed')], endKinds.map(eventSubject)];
  const found: Entry[] = [];
  let next: Revision | null = asRevision(upTo + 1);
  for (let looks = 0; looks < looksMax && next !== null && found.length < entriesMax; looks += 1) {
    const page: Awaited<ReturnType<LogStore['search']>> = await store.search(
      search,
      next,
      entriesMax - found.length,
    );
    found.push(...page.entries);
    next = page.next;
  }
  return found;
}
