/** Who had what an agent has got, since the agent had it last: what it knows of the files there may be outdated. */
import type { ChangedFiles } from './changed-files.ts';
import type { Entry } from './events.ts';
import type { AgentId, Epoch, FencingToken, FilePath, Revision, ScopePath, TimeMs } from './ids.ts';
import { addTo } from './groups.ts';
import { changedFilesShownMax, formerHoldersMax } from './limits.ts';
import { isLockEnd, someOf, type LockEndEvent, type Some } from './notice.ts';
import { byText, larger } from './order.ts';
import { targetOf, type Target } from './targets.ts';

export interface FormerHolder {
  readonly agent: AgentId;
  /** What it had of it, or around it. */
  readonly targets: Some<Target>;
  /** What it last had it for; null where it did not say, or the log does not go back so far. */
  readonly reason: string | null;
  /** How its last lock ended, and when. */
  readonly end: LockEndEvent;
  readonly revision: Revision;
  readonly atMs: TimeMs;
  /** What was changed under its locks; null where nobody has looked. */
  readonly changed: ChangedFiles | null;
}

/** A lock of a scope, or of a file of it, that an agent has got. */
export interface GotLock {
  readonly scope: ScopePath;
  readonly file?: FilePath;
  readonly token: FencingToken;
}

/** Those who had it last, at most {@link formerHoldersMax}, and how many more there were. */
export interface FormerHolders {
  readonly holders: readonly FormerHolder[];
  readonly left: number;
}

/** To whoever has not had it, so much of the past is told, in milliseconds. */
const recentMs = 24 * 60 * 60 * 1_000;

/** How a lock of a scope ended. */
interface Ended {
  readonly end: LockEndEvent;
  readonly entry: Entry;
  /** Among those of its scope, the newest is the first. */
  readonly place: number;
}

/** How the locks of one scope ended, newest first, so that what is asked of many of its files is looked for once. */
export interface EndsOfScope {
  readonly all: readonly Ended[];
  readonly ofWhole: readonly Ended[];
  readonly byFile: ReadonlyMap<FilePath, readonly Ended[]>;
}

/** `entries`: those in which a lock of the scope ended, newest first. */
export function endsOfScope(scope: ScopePath, entries: readonly Entry[]): EndsOfScope {
  const all: Ended[] = [];
  const ofWhole: Ended[] = [];
  const byFile = new Map<FilePath, Ended[]>();
  for (const entry of entries)
    for (const end of entry.events.toReversed()) {
      if (!isLockEnd(end) || end.scope !== scope) continue;
      const ended = { end, entry, place: all.length };
      all.push(ended);
      if (end.file === undefined) ofWhole.push(ended);
      else addTo(byFile, end.file, ended);
    }
  return { all, ofWhole, byFile };
}

/** Of a lock of the scope: those whose lock overlapped it. */
function endsAround({ all, ofWhole, byFile }: EndsOfScope, { file }: GotLock): readonly Ended[] {
  if (file === undefined) return all;
  const ofFile = byFile.get(file);
  if (ofFile === undefined) return ofWhole;
  return [...ofWhole, ...ofFile].sort((a, b) => a.place - b.place);
}

/**
 * `scopeEnds`: of the lock's scope; those newer than the grant do not count. `begun`: by number of their grants. Who had other files
 * of the scope only is not told.
 */
export function formerHolders(
  who: { readonly agent: AgentId; readonly epoch: Epoch },
  lock: GotLock,
  scopeEnds: EndsOfScope,
  begun: ReadonlyMap<Revision, Entry>,
  nowMs: TimeMs,
): FormerHolders {
  const { ends, hasHad } = endsSince(who, lock, endsAround(scopeEnds, lock));
  const byAgent = new Map<AgentId, Ended[]>();
  for (const ended of hasHad ? ends : ends.filter(({ entry }) => entry.atMs > nowMs - recentMs))
    addTo(byAgent, ended.end.agent, ended);
  const holders = [...byAgent]
    .slice(0, formerHoldersMax)
    .flatMap(([agent, own]) => holderIn(agent, own, begun));
  return { holders, left: larger(0, byAgent.size - formerHoldersMax) };
}

/** Newest first, down to where the agent itself gave it back. */
function endsSince(
  { agent, epoch }: { readonly agent: AgentId; readonly epoch: Epoch },
  { token, file }: GotLock,
  around: readonly Ended[],
): { readonly ends: readonly Ended[]; readonly hasHad: boolean } {
  const ends: Ended[] = [];
  for (const ended of around) {
    const { end, entry } = ended;
    if (entry.revision > token) continue;
    if (end.agent !== agent) ends.push(ended);
    else if (entry.revision > epoch && (end.file === undefined || end.file === file))
      return { ends, hasHad: true };
  }
  return { ends, hasHad: false };
}

function holderIn(
  agent: AgentId,
  ended: readonly Ended[],
  begun: ReadonlyMap<Revision, Entry>,
): FormerHolder[] {
  const [last] = ended;
  if (last === undefined) return [];
  const { end, entry } = last;
  const granted = begun
    .get(end.token)
    ?.events.find((event) => event.kind === 'lock.granted' && targetOf(event) === targetOf(end));
  return [
    {
      agent,
      targets: someOf(ended.map((each) => targetOf(each.end))),
      reason: granted?.kind === 'lock.granted' ? granted.reason : null,
      end,
      revision: entry.revision,
      atMs: entry.atMs,
      changed: changedUnder(ended.map((each) => each.end)),
    },
  ];
}

/** What was changed under some locks together; null where of none of them anybody has looked. */
export function changedUnder(ends: readonly LockEndEvent[]): ChangedFiles | null {
  const looked = ends.flatMap((end) =>
    end.kind === 'lock.released' && end.changed !== undefined ? [end.changed] : [],
  );
  if (looked.length === 0) return null;
  const files = [...new Set(looked.flatMap((changed) => changed.files))].sort(byText);
  // The same file may have been changed under several of them.
  const isWhole = looked.every((changed) => changed.count === changed.files.length);
  const count = isWhole ? files.length : looked.reduce((sum, changed) => sum + changed.count, 0);
  return { files: files.slice(0, changedFilesShownMax), count };
}

/** Where the locks began that ended in some entries. */
export function grantsOf(entries: readonly Entry[]): Revision[] {
  return [
    ...new Set(entries.flatMap(({ events }) => events.flatMap((end) => (isLockEnd(end) ? [end.token] : [])))),
  ];
}
