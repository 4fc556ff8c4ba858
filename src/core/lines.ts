/**
 * The lines of the queue: for each target the tickets that wait for it, and for each scope those that wait for some file of it.
 * They are what makes the cost of serving depend on the tickets that overlap what came free, not on all.
 */
import { must } from './assert.ts';
import type { ScopePath, Ticket } from './ids.ts';
import type { State, Waiter } from './state.ts';
import { anySlotOf, isSlot, resourceOf, type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';
import { TicketLine } from './ticket-line.ts';

/** Names a line: a target, or `src/api/` for those who wait for files of `src/api` (no path ends like this). */
export type LineKey = Target | FilesOf;
export type FilesOf = `${string}/`;

const filesOf = (scope: ScopePath): FilesOf => `${scope}/`;

/** The scope of a line for files; null for the line of one target. */
export function scopeOfFiles(key: LineKey): ScopePath | null {
  return key.endsWith('/') ? (key.slice(0, -1) as ScopePath) : null;
}

export function lineAt({ index }: State, key: LineKey): TicketLine | undefined {
  const scope = scopeOfFiles(key);
  return scope === null ? index.queues.get(key as Target) : index.fileQueues.get(scope);
}

export function allLines({ index }: State): LineKey[] {
  return [...index.queues.keys()];
}

/** The lines in which somebody may get what these targets leave free. */
export function linesOf(state: State, targets: Iterable<Target>): Set<LineKey> {
  const keys = new Set<LineKey>();
  for (const target of targets) for (const key of keysOverlapping(state, target)) keys.add(key);
  return keys;
}

/** The lines of all tickets that want what overlaps a target. */
export function linesOverlapping(state: State, target: Target): TicketLine[] {
  // Mostly nobody waits, and this is asked at every grant and every end of one.
  if (state.tickets.size === 0) return [];
  return keysOverlapping(state, target).flatMap((key) => lineAt(state, key) ?? []);
}

function keysOverlapping(state: State, target: Target): LineKey[] {
  if (isSlot(target)) return [anySlotOf(resourceOf(target))];
  const scope = scopeOf(state, target);
  if (scope === null) return [target];
  return target === scope ? [target, filesOf(scope)] : [target, scope];
}

export function joinLines({ scopes, index }: State, { targets, ticket }: Waiter): void {
  for (const target of targets) {
    join(index.queues, target, ticket);
    const scope = scopeOf({ scopes }, target);
    if (scope !== null && scope !== target) join(index.fileQueues, scope, ticket);
  }
}

export function leaveLines({ scopes, index }: State, { targets, ticket }: Waiter): void {
  for (const target of targets) {
    leave(index.queues, target, ticket);
    const scope = scopeOf({ scopes }, target);
    if (scope !== null && scope !== target) leave(index.fileQueues, scope, ticket);
  }
}

/** A ticket for several files of one scope stands in its line once. */
function join<Key>(lines: Map<Key, TicketLine>, key: Key, ticket: Waiter['ticket']): void {
  let line = lines.get(key);
  if (line === undefined) lines.set(key, (line = new TicketLine()));
  if (!line.has(ticket)) line.add(ticket);
}

function leave<Key>(lines: Map<Key, TicketLine>, key: Key, ticket: Waiter['ticket']): void {
  const line = lines.get(key);
  if (line === undefined) return;
  line.delete(ticket);
  if (line.size === 0) lines.delete(key);
}

/**
 * Tickets before one that want what overlaps its target: of the lines of a target and of a whole scope the nearest, which waits
 * in turn for all before it; of those who want files of a wanted scope all that are younger than that one.
 */
export function linesAhead(state: State, target: Target, ticket: Ticket): Ticket[] {
  const nearest = (key: LineKey): Ticket | null => nearestOlder(lineAt(state, key), ticket);
  const [own, other] = keysOverlapping(state, target);
  const ahead = [own, other].flatMap((key) => {
    if (key === undefined) return [];
    const before = nearest(key);
    if (before === null) return [];
    return scopeOfFiles(key) === null ? [before] : untilWhole(state, key, before, nearest(target));
  });
  return [...new Set(ahead)].sort((a, b) => b - a);
}

/** The youngest ticket of a line that is older than another, which need not stand in it. */
function nearestOlder(line: TicketLine | undefined, ticket: Ticket): Ticket | null {
  let next = line?.before(ticket) ?? null;
  while (next !== null && next > ticket) next = line?.before(next) ?? null;
  return next;
}

/** The tickets of a line from one on towards its head, as far as they are younger than another. */
function untilWhole(state: State, key: LineKey, from: Ticket, whole: Ticket | null): Ticket[] {
  const line = must(lineAt(state, key), `${key} has a line`);
  const found: Ticket[] = [];
  for (
    let next: Ticket | null = from;
    next !== null && (whole === null || next > whole);
    next = line.before(next)
  )
    found.push(next);
  return found;
}
