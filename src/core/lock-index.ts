/** Locks in their indexes: what each agent holds, in which scopes, and which files of a scope are held. */
import { must } from './assert.ts';
import type { Draft } from './draft.ts';
import type { AgentId, FilePath, ScopePath } from './ids.ts';
import { linesOverlapping } from './lines.ts';
import type { Agent, Lock, State } from './state.ts';
import { isSlot, resourceOf, type Target } from './targets.ts';

/** Files a lock; also how a snapshot is read. */
export function putLock(state: State, lock: Lock): void {
  const { target, scope, file } = lock;
  const agent = must(state.agents.get(lock.agent), `holder ${lock.agent} is known`);
  state.locks.set(target, lock);
  state.index.lockDeadlines.set(target, lock.deadlineMs);
  agent.held.add(target);
  if (scope === undefined) {
    agent.resources += 1;
    return;
  }
  agent.heldIn.set(scope, (agent.heldIn.get(scope) ?? 0) + 1);
  state.index.holders.add(agent.id);
  if (file !== undefined) putClaim(state, agent, scope, file);
}

function putClaim(state: State, agent: Agent, scope: ScopePath, file: FilePath): void {
  const claims = state.index.claims.get(scope) ?? { files: new Set(), byAgent: new Map<AgentId, number>() };
  claims.files.add(file);
  claims.byAgent.set(agent.id, (claims.byAgent.get(agent.id) ?? 0) + 1);
  state.index.claims.set(scope, claims);
  agent.files += 1;
}

/** Takes a lock that has ended out again. */
export function dropLock(state: State, { target, scope, file, agent: id }: Lock): void {
  const agent = must(state.agents.get(id), `holder ${id} is known`);
  state.locks.delete(target);
  state.index.lockDeadlines.delete(target);
  agent.held.delete(target);
  if (scope === undefined) {
    agent.resources -= 1;
    return;
  }
  lower(agent.heldIn, scope);
  if (agent.heldIn.size === 0) state.index.holders.delete(id);
  if (file !== undefined) dropClaim(state, agent, scope, file);
}

function dropClaim(state: State, agent: Agent, scope: ScopePath, file: FilePath): void {
  const claims = must(state.index.claims.get(scope), `files of ${scope} are held`);
  claims.files.delete(file);
  lower(claims.byAgent, agent.id);
  if (claims.files.size === 0) state.index.claims.delete(scope);
  agent.files -= 1;
}

function lower<Key>(counts: Map<Key, number>, key: Key): void {
  const count = (counts.get(key) ?? 0) - 1;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

/** Whether what is granted now to somebody who does not wait is contended from the start. */
export function isWantedOnGrant(draft: Draft, target: Target): boolean {
  if (isSlot(target) && draft.freeSlotOf(resourceOf(target)) !== null) return false;
  return linesOverlapping(draft.state, target).length > 0;
}
