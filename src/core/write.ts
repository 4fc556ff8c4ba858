/**
 * Whether an agent may write in a scope now: the one rule, for every interface that writes or tells who may.
 *
 * The scope is known; the agent is present, in its present incarnation; it is not blocked, by waiting or by its own word; the
 * token, when one is presented, is the lock's; and the agent holds the lock, under a lease that has not run out. What stands
 * in the way first is told as the code under which a command would be refused for it.
 */
import type { AgentId, Epoch, FencingToken, ScopePath, TimeMs } from './ids.ts';
import type { RejectionCode } from './rejection-codes.ts';
import type { Agent, State } from './state.ts';

/** Who wants to write. */
export interface Writer {
  readonly agent: AgentId;
  readonly epoch: Epoch;
}

export type WriteObstacle = Extract<
  RejectionCode,
  | 'SCOPE_NOT_FOUND'
  | 'AGENT_NOT_FOUND'
  | 'STALE_EPOCH'
  | 'AGENT_LOST'
  | 'ALREADY_WAITING'
  | 'AGENT_BLOCKED'
  | 'STALE_FENCING_TOKEN'
  | 'LOCK_NOT_HELD'
>;

/** What stands in the way of a write; null when nothing does. `token`: null when none is presented. */
export function writeObstacle(
  state: State,
  writer: Writer,
  scope: ScopePath,
  token: FencingToken | null,
  nowMs: TimeMs,
): WriteObstacle | null {
  if (!state.scopes.has(scope)) return 'SCOPE_NOT_FOUND';
  const agent = state.agents.get(writer.agent);
  const unfit = unfitness(agent, writer.epoch);
  if (unfit !== null) return unfit;
  const lock = state.locks.get(scope);
  if (lock !== undefined && token !== null && lock.token !== token) return 'STALE_FENCING_TOKEN';
  const isHeld = lock?.agent === writer.agent && lock.deadlineMs > nowMs;
  return isHeld ? null : 'LOCK_NOT_HELD';
}

function unfitness(agent: Agent | undefined, epoch: Epoch): WriteObstacle | null {
  if (agent === undefined) return 'AGENT_NOT_FOUND';
  if (agent.epoch !== epoch) return 'STALE_EPOCH';
  if (agent.presence === 'lost') return 'AGENT_LOST';
  if (agent.status !== 'blocked') return null;
  return agent.ticket === null ? 'AGENT_BLOCKED' : 'ALREADY_WAITING';
}
