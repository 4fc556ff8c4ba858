/** Who holds it, since when, for what, who waits, and what led to it. */
import {
  linesOverlapping,
  locksOverlapping,
  scopeOf,
  targetsOf,
  type AgentId,
  type ScopePath,
  type State,
  type Target,
} from '../core/index.ts';
import type { LockView, WaiterView, WhyAnswer, WhySubject } from '../protocol/index.ts';
import { othersOn, viewAgent, viewLock, viewQueue, viewSync } from './views.ts';

/** All but what happened, which is in the log. */
export type WhyNow = Omit<WhyAnswer, 'happened'>;

export function viewWhy(state: State, subject: WhySubject): WhyNow {
  const { revision, timeMs } = state;
  return { revision, timeMs, subject, ...seenOf(state, subject) };
}

function seenOf(state: State, subject: WhySubject): Seen {
  switch (subject.kind) {
    case 'scope':
      return whyScope(state, subject.scope);
    case 'agent':
      return whyAgent(state, subject.agent);
    case 'file':
      return whyTarget(state, subject.file);
    case 'resource':
      return whyTarget(state, targetsOf({ scopes: [], resources: [subject.resource] })[0] as Target);
  }
}

type Seen = Pick<WhyAnswer, 'agent' | 'locks' | 'waiters' | 'sync' | 'runs' | 'waitsFor'>;

function whyScope(state: State, scope: ScopePath): Seen {
  const lock = state.locks.get(scope);
  const holder = lock === undefined ? undefined : state.agents.get(lock.agent);
  const sync = state.syncs.get(scope);
  return {
    agent: holder === undefined ? null : viewAgent(state, holder),
    locks: [...(lock === undefined ? [] : [scope]), ...filesHeldIn(state, scope)].flatMap((target) =>
      locksOn(state, [target]),
    ),
    waiters: viewQueue(state).filter((waiter) => waitsIn(state, waiter, scope)),
    sync: sync === undefined ? null : viewSync(state, sync),
    waitsFor: [],
  };
}

/** A file, with the whole of its scope; or a resource, with all its slots. */
function whyTarget(state: State, target: Target): Seen {
  const locks = locksOverlapping(state, target);
  const [first] = locks;
  const holder = first === undefined ? undefined : state.agents.get(first.agent);
  const waiting = new Set(linesOverlapping(state, target).flatMap((line) => [...line]));
  return {
    agent: holder === undefined ? null : viewAgent(state, holder),
    locks: locks.map((lock) => viewLock(state, lock)),
    waiters: viewQueue(state).filter(({ ticket }) => waiting.has(ticket)),
    sync: null,
    waitsFor: [],
  };
}

function whyAgent(state: State, id: AgentId): Seen {
  const agent = state.agents.get(id);
  if (agent === undefined) return { agent: null, locks: [], waiters: [], sync: null, waitsFor: [] };
  const locks = [...agent.held].sort().flatMap((target) => locksOn(state, [target]));
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
    waitsFor: waiters.flatMap((waiter) => inTheWay(state, id, waiter)),
  };
}

/** Those who hold what a ticket wants; when all of that is free and no place is free, all who hold anything. */
function inTheWay(state: State, agent: AgentId, { waitsFor }: WaiterView): LockView[] {
  if (waitsFor.length > 0)
    return waitsFor.flatMap((target) => othersOn(state, agent, target).map((lock) => viewLock(state, lock)));
  const full = state.index.holders.size >= state.settings.maxConcurrentAgents;
  return full ? locksOn(state, [...state.locks.keys()].sort()) : [];
}

function filesHeldIn(state: State, scope: ScopePath): Target[] {
  return [...(state.index.claims.get(scope)?.files ?? [])].sort();
}

/** Whether somebody waits for a scope or for a file of it. */
function waitsIn(state: State, { scopes, files = [] }: WaiterView, scope: ScopePath): boolean {
  return scopes.includes(scope) || files.some((file) => scopeOf(state, file) === scope);
}

function locksOn(state: State, targets: readonly Target[]): LockView[] {
  return targets.flatMap((target) => {
    const lock = state.locks.get(target);
    return lock === undefined ? [] : [viewLock(state, lock)];
  });
}
