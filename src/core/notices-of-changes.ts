/** Notices of changes in the scopes that what an agent holds depends on. */
import type { Entry, Event, EventOf } from './events.ts';
import { changedUnder } from './former-holders.ts';
import { reachableInOrder } from './graph.ts';
import { addTo } from './groups.ts';
import type { AgentId, FencingToken, Revision, ScopePath } from './ids.ts';
import { isLockEnd, someOf, type Change, type LockEndEvent, type Notice } from './notice.ts';
import type { Agent, State } from './state.ts';
import { targetOf } from './targets.ts';

/** The scopes in which an agent holds something that depend on one, each with the first grant there. */
type Above = ReadonlyMap<ScopePath, FencingToken>;

/**
 * What happened, since the agent has what it holds, in the scopes below; of what one agent did to one scope several times, the
 * last. What ends a lock counts as a change: whoever had it may have written there.
 */
export function changesBelow(
  state: State,
  agent: Agent,
  entries: readonly Entry[],
  begun: ReadonlyMap<Revision, Entry>,
): Notice[] {
  const below = scopesBelow(state, agent);
  const found = new Map<string, Extract<Notice, { kind: 'changed' }>>();
  for (const entry of below.size === 0 ? [] : entries)
    for (const { scope, change } of changesIn(entry, agent.id, begun)) {
      const dependents = [...(below.get(scope) ?? [])].filter(([, token]) => entry.revision > token);
      if (dependents.length === 0) continue;
      const { revision, atMs } = entry;
      const key = keyOf(scope, change);
      const times = (found.get(key)?.times ?? 0) + 1;
      // Told in the order in which it was done last.
      found.delete(key);
      const names = someOf(dependents.map(([path]) => path));
      found.set(key, { kind: 'changed', scope, dependents: names, change, times, revision, atMs });
    }
  return [...found.values()].toReversed();
}

function keyOf(scope: ScopePath, change: Change): string {
  const who = change.kind === 'git' || change.kind === 'said' ? change.by : change.agent;
  return JSON.stringify([scope, change.kind, who]);
}

function scopesBelow(state: State, agent: Agent): ReadonlyMap<ScopePath, Above> {
  const below = new Map<ScopePath, Map<ScopePath, FencingToken>>();
  for (const [scope, token] of firstGrants(state, agent))
    for (const path of reachableInOrder([scope], (each) => state.scopes.get(each)?.dependencies ?? [])) {
      if (path === scope) continue;
      const above = below.get(path) ?? new Map<ScopePath, FencingToken>();
      below.set(path, above.set(scope, token));
    }
  return below;
}

function firstGrants(state: State, agent: Agent): Map<ScopePath, FencingToken> {
  const first = new Map<ScopePath, FencingToken>();
  for (const target of agent.held) {
    const { scope, token } = state.locks.get(target) ?? {};
    if (scope === undefined || token === undefined) continue;
    const known = first.get(scope);
    if (known === undefined || token < known) first.set(scope, token);
  }
  return first;
}

interface ScopeChange {
  readonly scope: ScopePath;
  readonly change: Change;
}

/** What others did to scopes in one entry. */
function changesIn(entry: Entry, self: AgentId, begun: ReadonlyMap<Revision, Entry>): ScopeChange[] {
  return [
    ...heldIn(entry, self, begun),
    ...entry.events.flatMap((event): ScopeChange[] => {
      if (event.kind === 'context.modified' && event.agent !== self)
        return [{ scope: event.scope, change: { kind: 'written', agent: event.agent, file: event.file } }];
      if (event.kind === 'repository.changed') return changedByGit(entry, event);
      return isSaid(entry, event) && entry.by !== self
        ? [{ scope: event.scope, change: { kind: 'said', by: entry.by ?? '', reason: event.reason ?? null } }]
        : [];
    }),
  ];
}

function changedByGit({ by }: Entry, { scopes, operation }: EventOf<'repository.changed'>): ScopeChange[] {
  return scopes.map((scope) => ({ scope, change: { kind: 'git', by: by ?? '', operation } }));
}

/** Of a scope that was said to have changed; not of those above it, which follow. */
function isSaid({ kind }: Entry, event: Event): event is EventOf<'sync.invalidated'> {
  return kind === 'InvalidateSync' && event.kind === 'sync.invalidated' && event.scope === event.cause;
}

/** Locks of one scope that ended together are one change. */
function heldIn({ events }: Entry, self: AgentId, begun: ReadonlyMap<Revision, Entry>): ScopeChange[] {
  const ended = new Map<string, LockEndEvent[]>();
  for (const event of events) {
    if (!isLockEnd(event) || event.scope === undefined || event.agent === self) continue;
    addTo(ended, JSON.stringify([event.scope, event.agent]), event);
  }
  return [...ended.values()].flatMap((ends): ScopeChange[] => {
    const end = ends.at(-1);
    if (end?.scope === undefined) return [];
    const { scope, agent } = end;
    const targets = someOf(ends.map(targetOf));
    const reason = reasonOf(end, begun);
    return [{ scope, change: { kind: 'held', agent, end, reason, targets, changed: changedUnder(ends) } }];
  });
}

function reasonOf(end: LockEndEvent, begun: ReadonlyMap<Revision, Entry>): string | null {
  const granted = begun
    .get(end.token)
    ?.events.find((event) => event.kind === 'lock.granted' && targetOf(event) === targetOf(end));
  return granted?.kind === 'lock.granted' ? granted.reason : null;
}
