/** What a change of scopes reaches, and who works there. */
import {
  linesOverlapping,
  locksOverlapping,
  type AgentId,
  type ScopePath,
  type State,
} from '../core/index.ts';
import type { ImpactAnswer, ImpactedScope } from '../protocol/index.ts';

/** The scopes that are asked about, those of them that there are, and all that depend on them, the nearest first. */
export function viewImpact(state: State, asked: readonly ScopePath[]): ImpactAnswer {
  const via = new Map<ScopePath, ScopePath | null>();
  for (const scope of asked) if (state.scopes.has(scope)) via.set(scope, null);
  // A map is walked in the order in which it grows: each scope after the one by which it is reached.
  for (const scope of via.keys())
    for (const dependent of [...(state.index.dependents.get(scope) ?? [])].sort())
      if (!via.has(dependent)) via.set(dependent, scope);
  const scopes = [...via].map(([scope, by]) => impacted(state, scope, by));
  return { revision: state.revision, scopes };
}

function impacted(state: State, scope: ScopePath, via: ScopePath | null): ImpactedScope {
  const sync = state.syncs.get(scope);
  const holders = locksOverlapping(state, scope).map(({ agent }) => agent);
  const waiters = linesOverlapping(state, scope).flatMap((line) =>
    [...line].flatMap((ticket): AgentId[] => {
      const waiter = state.tickets.get(ticket);
      return waiter === undefined ? [] : [waiter.agent];
    }),
  );
  return {
    scope,
    via,
    holders: once(holders),
    waiters: once(waiters),
    syncStatus: sync?.status ?? 'idle',
    wasSynced: sync !== undefined && sync.run !== null,
  };
}

const once = (agents: readonly AgentId[]): AgentId[] => [...new Set(agents)].sort();
