/** Who holds it, since when, for what, who waits, and what led to it. */
import type { AgentId, ScopePath, State } from '../core/index.ts';
import type { LockView, WhyAnswer, WhySubject } from '../protocol/index.ts';
import { viewAgent, viewLock, viewQueue, viewSync } from './views.ts';

/** All but what happened, which is in the log. */
export type WhyNow = Omit<WhyAnswer, 'happened'>;

export function viewWhy(state: State, subject: WhySubject): WhyNow {
  const { revision, timeMs } = state;
  const seen = subject.kind === 'scope' ? whyScope(state, subject.scope) : whyAgent(state, subject.agent);
  return { revision, timeMs, subject, ...seen };
}

type Seen = Pick<WhyAnswer, 'agent' | 'locks' | 'waiters' | 'sync' | 'runs' | 'waitsFor'>;

function whyScope(state: State, scope: ScopePath): Seen {
  const lock = state.locks.get(scope);
  const holder = lock === undefined ? undefined : state.agents.get(lock.agent);
  const sync = state.syncs.get(scope);
  return {
    agent: holder === undefined ? null : viewAgent(state, holder),
    locks: lock === undefined ? [] : [viewLock(state, lock)],
    waiters: viewQueue(state).filter((waiter) => waiter.scopes.includes(scope)),
    sync: sync === undefined ? null : viewSync(state, sync),
    waitsFor: [],
  };
}

function whyAgent(state: State, id: AgentId): Seen {
  const agent = state.agents.get(id);
  if (agent === undefined) return { agent: null, locks: [], waiters: [], sync: null, waitsFor: [] };
  const locks = [...agent.held].sort().flatMap((scope) => locksOn(state, [scope]));
  const waiters = viewQueue(state).filter((waiter) => waiter.ticket === agent.ticket);
  const runs = [...(state.index.runningSyncs.get(id) ?? [])].sort().flatMap((scope) => {
    const sync = state.syncs.get(scope);
    return sync === undefined ? [] : [viewSync(state, sync)];
  });
  return {
    agent: viewAgent(state, agent),
    locks,
    waiters,
    sync: runs[0] ?? null,
    runs,
    waitsFor: waiters.flatMap((waiter) => inTheWay(state, waiter.waitsFor)),
  };
}

/** Those who hold what a ticket wants; when all of that is free and no place is free, all who hold anything. */
function inTheWay(state: State, waitsFor: readonly ScopePath[]): LockView[] {
  if (waitsFor.length > 0) return locksOn(state, waitsFor);
  const full = state.index.holders >= state.settings.maxConcurrentAgents;
  return full ? locksOn(state, [...state.locks.keys()].sort()) : [];
}

function locksOn(state: State, scopes: readonly ScopePath[]): LockView[] {
  return scopes.flatMap((scope) => {
    const lock = state.locks.get(scope);
    return lock === undefined ? [] : [viewLock(state, lock)];
  });
}
