/** What must be true of a run, by what took effect (the archive) and what the outside saw (the witness). */
import { deepStrictEqual } from 'node:assert';
import {
  initialState,
  targetOf,
  type Entry,
  type EventOf,
  type Revision,
  type State,
  type Target,
} from '../src/core/index.ts';
import { LogVerifier, type Finding } from '../src/verify/index.ts';
import type { Archive } from './archive.ts';
import { judgeHolders } from './holders.ts';
import { judgeMessages } from './messages.ts';
import { judgeNotices } from './notices.ts';
import { judgeQueue } from './queue.ts';
import { demand, groupBy } from './verdict.ts';
import { judgeViolations } from './violations.ts';
import type { Acknowledged, Watched, Witness } from './witness.ts';

export interface Verdict {
  readonly revisions: number;
  readonly grants: number;
  readonly fileGrants: number;
  readonly slotGrants: number;
  /** Locks that ended because their file came to be in another scope. */
  readonly moved: number;
  /** Messages that reached their readers. */
  readonly messages: number;
  /** Losses that agents were told of. */
  readonly losses: number;
  /** How often agents were told that what they held broke a rule. */
  readonly broken: number;
  readonly acknowledged: number;
}

export function judge(archive: Archive, witness: Witness): Verdict {
  judgeHolders(archive, witness);
  judgeQueue(archive.entries);
  const messages = judgeMessages(archive.entries, witness);
  const losses = judgeNotices(archive, witness);
  const broken = judgeViolations(archive, witness);
  judgeReplay(archive);
  judgeAcknowledged(archive, witness);
  for (const watched of witness.watched) judgeWatched(archive, watched, witness.lastToSee);
  return { ...counted(archive.entries), messages, losses, broken, acknowledged: witness.acknowledged.length };
}

function counted(
  entries: readonly Entry[],
): Omit<Verdict, 'messages' | 'losses' | 'broken' | 'acknowledged'> {
  const events = entries.flatMap((entry) => entry.events);
  const granted = events.filter((event) => event.kind === 'lock.granted');
  return {
    revisions: entries.length,
    grants: granted.length,
    fileGrants: granted.filter(({ file }) => file !== undefined).length,
    slotGrants: granted.filter(({ slot }) => slot !== undefined).length,
    moved: events.filter((event) => event.kind === 'lock.released' && event.cause === 'moved').length,
  };
}

/** Verifies all from nothing: every entry, every invariant at every revision, and every snapshot that was kept. */
function judgeReplay({ entries, snapshots }: Archive): void {
  const verifier = new LogVerifier(initialState());
  const served = groupBy(snapshots, (snapshot) => snapshot.revision);
  for (const entry of entries) {
    judgeEntry(verifier.state, entry);
    demandSound(verifier.take(entry));
    for (const snapshot of served.get(entry.revision) ?? [])
      demandSound(verifier.compareSnapshot(snapshot.body));
  }
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
    if (event.kind === 'lock.renewed') judgeRenewal(before, targetOf(event), entry);
    if (event.kind === 'agent.renewed')
      for (const lease of event.leases) judgeRenewal(before, targetOf(lease), entry);
    if (event.kind === 'lock.released' || event.kind === 'ticket.ended')
      demand(event.cause !== 'scopeRemoved', `a scope that was not seen ended what ${event.agent} had`);
  }
  judgeGraph(before, entry);
}

/** A source that cannot be seen is no wish to have no scopes. */
function judgeGraph(before: State, { kind, revision, events, result }: Entry): void {
  if (kind !== 'DefineScopes') return;
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
    changesNothing(reply.result, request.command.kind),
    `${what} was acknowledged at ${reply.revision}, but is not in the log`,
  );
}

/** Answers to commands that were accepted but had nothing to change. */
function changesNothing(
  result: Extract<Acknowledged['reply'], { ok: true }>['result'],
  asked: Acknowledged['request']['command']['kind'],
): boolean {
  switch (result.kind) {
    case 'released':
      return result.scopes.length === 0;
    case 'waitCancelled':
      return result.ticket === null;
    case 'scopesDefined': {
      // Of a scope that was withdrawn before, its removal is answered that it still is.
      const withdrawn = asked === 'RemoveScope' ? [] : (result.withdrawn ?? []);
      return [result.added, result.changed, result.removed, withdrawn].flat().length === 0;
    }
    case 'invalidated':
      return result.scopes.length === 0;
    case 'messagesRead':
      return result.messages.length === 0;
    case 'statusSet':
    case 'queued':
    case 'syncSet':
    case 'done':
      return true;
    default:
      return false;
  }
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
