import type { State } from '../../src/core/index.ts';
import type { Core } from './core.ts';

/**
 * A copy of a state that can be evolved while the original stays as it is. What `evolve` never changes in place is
 * shared. Some thirty times faster than storing and reading the state, which matters for millions of steps.
 */
export function cloneState(core: Core, state: State): State {
  const copy = core.initialState(state.settings);
  copy.revision = state.revision;
  copy.timeMs = state.timeMs;
  copy.clock = state.clock;
  copy.placeWaitSinceMs = state.placeWaitSinceMs;
  Object.assign(copy.totals, state.totals);
  for (const [path, scope] of state.scopes)
    copy.scopes.set(path, { ...scope, contexts: new Map(scope.contexts) });
  for (const [id, agent] of state.agents)
    copy.agents.set(id, {
      ...agent,
      held: new Set(agent.held),
      heldIn: new Map(agent.heldIn),
      inbox: { unread: [...agent.inbox.unread], gaveWay: agent.inbox.gaveWay },
    });
  for (const [path, lock] of state.locks) copy.locks.set(path, { ...lock });
  for (const [ticket, waiter] of state.tickets) copy.tickets.set(ticket, { ...waiter });
  for (const [path, sync] of state.syncs) copy.syncs.set(path, { ...sync });
  for (const [key, violation] of state.openViolations) copy.openViolations.set(key, violation);
  for (const [id, request] of state.recentRequests) copy.recentRequests.remember(id, request);
  cloneIndex(state, copy);
  return copy;
}

function cloneIndex({ index: from, locks, agents, tickets }: State, { index: to }: State): void {
  for (const ticket of from.queue) to.queue.add(ticket);
  cloneLines(from.queues, to.queues);
  cloneLines(from.fileQueues, to.fileQueues);
  for (const [path, { files, byAgent }] of from.claims)
    to.claims.set(path, { files: new Set(files), byAgent: new Map(byAgent) });
  for (const [path, dependents] of from.dependents) to.dependents.set(path, new Set(dependents));
  for (const id of from.holders) to.holders.add(id);
  for (const id of from.bound) to.bound.add(id);
  for (const id of from.lostAgents) to.lostAgents.add(id);
  for (const [id, scopes] of from.runningSyncs) to.runningSyncs.set(id, new Set(scopes));
  cloneTimers(from.lockDeadlines, to.lockDeadlines, locks.keys());
  cloneTimers(from.sessionDeadlines, to.sessionDeadlines, agents.keys());
  cloneTimers(from.blockDeadlines, to.blockDeadlines, agents.keys());
  cloneTimers(from.ticketDeadlines, to.ticketDeadlines, tickets.keys());
}

function cloneLines<Key>(from: ReadonlyMap<Key, Line>, to: Map<Key, Line>): void {
  for (const [key, line] of from) {
    const copy = new (line.constructor as new () => Line)();
    for (const ticket of line) copy.add(ticket);
    to.set(key, copy);
  }
}

type Line = State['index']['queue'];

interface Timers<Key, Rank> {
  get(key: Key): Rank | null;
  set(key: Key, rank: Rank): void;
}

function cloneTimers<Key, Rank>(from: Timers<Key, Rank>, to: Timers<Key, Rank>, keys: Iterable<Key>): void {
  for (const key of keys) {
    const rank = from.get(key);
    if (rank !== null) to.set(key, rank);
  }
}
