/** What must be true of a run, by what took effect (the archive) and what the outside saw (the witness). */
import { deepStrictEqual } from 'node:assert';
import {
  initialState,
  targetOf,
  type Entry,
  type Event,
  type EventOf,
  type LockName,
  type Revision,
  type State,
  type Target,
} from '../src/core/index.ts';
import { LogVerifier, type Finding } from '../src/verify/index.ts';
import type { Archive } from './archive.ts';
import type { Acknowledged, Belief, Watched, Witness } from './witness.ts';

/** Something that must be true is not. */
export class OracleError extends Error {
  override readonly name = 'OracleError';
}

export interface Verdict {
  readonly revisions: number;
  readonly grants: number;
  readonly acknowledged: number;
}

export function judge(archive: Archive, witness: Witness): Verdict {
  const grants = judgeReplay(archive);
  judgeAcknowledged(archive, witness);
  judgeBeliefs(archive, witness);
  for (const watched of witness.watched) judgeWatched(archive, watched, witness.lastToSee);
  return { revisions: archive.entries.length, grants, acknowledged: witness.acknowledged.length };
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new OracleError(message);
}

function groupBy<T, Key>(values: readonly T[], key: (value: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const value of values) {
    const group = groups.get(key(value)) ?? [];
    groups.set(key(value), group);
    group.push(value);
  }
  return groups;
}

/** Verifies all from nothing: every entry, every invariant at every revision, and every snapshot that was kept. */
function judgeReplay({ entries, snapshots }: Archive): number {
  const verifier = new LogVerifier(initialState());
  const served = groupBy(snapshots, (snapshot) => snapshot.revision);
  let grants = 0;
  for (const entry of entries) {
    judgeEntry(verifier.state, entry);
    demandSound(verifier.take(entry));
    for (const snapshot of served.get(entry.revision) ?? [])
      demandSound(verifier.compareSnapshot(snapshot.body));
    grants += entry.events.filter((event) => event.kind === 'lock.granted').length;
  }
  return grants;
}

function demandSound(found: Finding | null): void {
  demand(found === null, `revision ${found?.revision}: ${found?.problem} (${JSON.stringify(found)})`);
}

/**
 * Against the state before it, by other eyes than the machine's: nothing ends too early or because its scope is not seen, no
 * act under a stale token, no lease that has run out goes on.
 */
function judgeEntry(before: State, entry: Entry): void {
  for (const event of entry.events) {
    if (event.kind === 'lock.expired') judgeExpiry(before, event, entry);
    if (event.kind === 'context.modified') judgeWrite(before, event, entry);
    if (event.kind === 'lock.granted') judgeGrant(before, event, entry);
    if (event.kind === 'lock.renewed') judgeRenewal(before, targetOf(event), entry);
    if (event.kind === 'agent.renewed')
      for (const lease of event.leases) judgeRenewal(before, targetOf(lease), entry);
    if (event.kind === 'lock.released' || event.kind === 'ticket.ended')
      demand(event.cause !== 'scopeRemoved', `a scope that was not seen ended what ${event.agent} had`);
  }
  judgeGraph(before, entry);
}

/** A source that cannot be seen is no wish to have no scopes. */
function judgeGraph(before: State, { revision, events, result }: Entry): void {
  if (result.kind !== 'scopesDefined' || events.some((event) => event.kind === 'scope.defined')) return;
  const defined = [...before.scopes.values()].filter(({ withdrawn }) => !withdrawn).length;
  const gone = result.removed.length + (result.withdrawn ?? []).length;
  demand(gone === 0 || gone < defined, `revision ${revision} leaves no scope at all`);
}

function judgeRenewal(before: State, target: Target, entry: Entry): void {
  const deadlineMs = before.locks.get(target)?.deadlineMs ?? -Infinity;
  demand(deadlineMs > entry.atMs, `${target} had run out when revision ${entry.revision} renewed it`);
}

function judgeExpiry(before: State, event: EventOf<'lock.expired'>, entry: Entry): void {
  const target = targetOf(event);
  const deadlineMs = before.locks.get(target)?.deadlineMs ?? Infinity;
  demand(deadlineMs <= entry.atMs, `${target} expired at revision ${entry.revision}, before its deadline`);
}

/** A write is made under the current token, or takes the lock in the same revision. */
function judgeWrite(before: State, event: EventOf<'context.modified'>, entry: Entry): void {
  const token = before.locks.get(event.scope)?.token ?? entry.revision;
  demand(event.token === token, `a stale token wrote to ${event.scope} at revision ${entry.revision}`);
}

/** What is granted was free, and all that overlaps it was free or its agent's, or came free in the same revision. */
function judgeGrant(before: State, event: EventOf<'lock.granted'>, entry: Entry): void {
  const target = targetOf(event);
  const ended = new Set(entry.events.flatMap((other) => (isEnd(other) ? [targetOf(other)] : [])));
  for (const lock of before.locks.values()) {
    const isOthers = lock.agent !== event.agent && areTogether(lock, event);
    demand(
      ended.has(lock.target) || !(lock.target === target || isOthers),
      `${target} was granted at revision ${entry.revision}, while ${lock.agent} held ${lock.target}`,
    );
  }
}

type LockEnd = EventOf<'lock.released' | 'lock.expired' | 'lock.revoked'>;

function isEnd(event: Event): event is LockEnd {
  return event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked';
}

/** The same, or in one scope, and one of the two is the whole of it. */
function areTogether(a: LockName, b: LockName): boolean {
  if (targetOf(a) === targetOf(b)) return true;
  return a.scope !== undefined && a.scope === b.scope && (a.file === undefined || b.file === undefined);
}

/** Every acknowledged command is in the log exactly once, with the answer that was given, or changed nothing. */
function judgeAcknowledged({ entries }: Archive, { acknowledged, refused }: Witness): void {
  const logged = groupBy(entries, (entry) => entry.requestId as string | null);
  for (const [id, found] of logged)
    demand(id === null || found.length === 1, `request ${id} is in the log ${found.length} times`);
  for (const id of refused)
    demand(!logged.has(id), `request ${id} is in the log, though nothing of it was said to be written`);
  for (const ack of acknowledged) judgeReply(ack, logged.get(ack.request.requestId)?.[0]);
}

function judgeReply({ request, reply, knownBefore }: Acknowledged, entry: Entry | undefined): void {
  const what = `${request.command.kind} ${request.requestId}`;
  if (reply.ok && entry !== undefined && reply.revision === entry.revision) {
    deepStrictEqual(reply.result, entry.result, `${what} was answered otherwise than the log says`);
    return;
  }
  demand(
    reply.revision >= knownBefore,
    `${what} was answered at ${reply.revision}, but ${knownBefore} was known`,
  );
  if (!reply.ok) return;
  demand(
    entry === undefined || entry.revision > reply.revision,
    `${what} is at ${entry?.revision}, not ${reply.revision}`,
  );
  demand(
    changesNothing(reply.result),
    `${what} was acknowledged at ${reply.revision}, but is not in the log`,
  );
}

/** Answers to commands that were accepted but had nothing to change. */
function changesNothing(result: Extract<Acknowledged['reply'], { ok: true }>['result']): boolean {
  switch (result.kind) {
    case 'released':
      return result.scopes.length === 0;
    case 'waitCancelled':
      return result.ticket === null;
    case 'scopesDefined':
      return [result.added, result.changed, result.removed, result.withdrawn ?? []].flat().length === 0;
    case 'invalidated':
      return result.scopes.length === 0;
    case 'statusSet':
    case 'queued':
    case 'syncSet':
    case 'done':
      return true;
    default:
      return false;
  }
}

/** Two agents never take the same lock for their own at once, unless an operator took it from one of them. */
function judgeBeliefs({ entries }: Archive, { beliefs }: Witness): void {
  const taken = new Set<string>();
  for (const { events } of entries)
    for (const event of events)
      if (event.kind === 'lock.revoked') taken.add(`${targetOf(event)} ${event.token}`);
  const holders = new Map<string, string>();
  const trusted = beliefs.filter((belief) => !taken.has(`${targetOf(belief)} ${belief.token}`));
  for (const belief of trusted) {
    const key = `${targetOf(belief)} ${belief.token}`;
    const holder = holders.get(key) ?? belief.agent;
    demand(holder === belief.agent, `${holder} and ${belief.agent} were both given ${key}`);
    holders.set(key, belief.agent);
    for (const other of trusted)
      demand(!conflict(belief, other), `${belief.agent} and ${other.agent} both held ${key}`);
  }
}

function conflict(a: Belief, b: Belief): boolean {
  return areTogether(a, b) && a.agent !== b.agent && a.fromMs < b.untilMs && b.fromMs < a.untilMs;
}

/** A watcher saw the log: in order, nothing twice, nothing missing but what it was told is gone. */
function judgeWatched({ entries }: Archive, watched: Watched, lastToSee: Revision): void {
  let next = 1 as Revision;
  for (const entry of watched.entries) {
    const expected = entry.revision === next || watched.resumedAt.has(entry.revision);
    demand(expected && entry.revision >= next, `a watcher saw ${entry.revision} where ${next} was to follow`);
    deepStrictEqual(
      entry,
      entries[entry.revision - 1],
      `a watcher saw another entry ${entry.revision} than the log has`,
    );
    next = (entry.revision + 1) as Revision;
  }
  demand(next > lastToSee, `a watcher saw nothing after ${next - 1} of ${lastToSee}`);
}
