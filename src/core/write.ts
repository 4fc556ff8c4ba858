/**
 * Whether an agent may write a file, or in a scope, now: the one rule, for every interface that writes or tells who may.
 *
 * A file that is free needs no lock. Of any other the scope is known; the agent is present, in its present incarnation; it is not blocked, by waiting or by its own word; the
 * token, when one is presented, is that of a lock that covers it; and the agent holds such a lock, of the file or of its whole
 * scope, under a lease that has not run out. What stands in the way first is told as the code under which a command would be refused for it.
 */
import type { AgentId, Epoch, FencingToken, FilePath, ScopePath, TimeMs } from './ids.ts';
import type { RejectionCode } from './rejection-codes.ts';
import type { Agent, Lock, State } from './state.ts';
import { isFree } from './free.ts';
import { scopeOf } from './overlap.ts';

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

/**
 * What stands in the way of a write; null when nothing does. `target`: the file that is written, or the whole of a scope.
 * `token`: null when none is presented; else that of one of the locks that cover the target.
 */
export function writeObstacle(
  state: State,
  writer: Writer,
  target: ScopePath | FilePath,
  token: FencingToken | null,
  nowMs: TimeMs,
): WriteObstacle | null {
  const isFile = scopeOf(state, target) !== target;
  return isFile && isFree(state.settings, target)
    ? null
    : obstacleUnderLock(state, writer, target, token, nowMs);
}

/** As {@link writeObstacle}, for what is written down under the token of a lock: also a file that is free needs one then. */
export function obstacleUnderLock(
  state: State,
  writer: Writer,
  target: ScopePath | FilePath,
  token: FencingToken | null,
  nowMs: TimeMs,
): WriteObstacle | null {
  if (scopeOf(state, target) === null) return 'SCOPE_NOT_FOUND';
  const agent = state.agents.get(writer.agent);
  const unfit = unfitness(agent, writer.epoch);
  if (unfit !== null) return unfit;
  const locks = coveringLocks(state, target);
  if (token !== null && locks.length > 0 && locks.every((lock) => lock.token !== token))
    return 'STALE_FENCING_TOKEN';
  const isHeld = locks.some((lock) => lock.agent === writer.agent && lock.deadlineMs > nowMs);
  return isHeld ? null : 'LOCK_NOT_HELD';
}

/** The locks under which a target may be written, whoever holds them: of itself, and of its whole scope. */
export function coveringLocks(state: State, target: ScopePath | FilePath): Lock[] {
  const scope = scopeOf(state, target);
  const targets = scope === null || scope === target ? [target] : [target, scope];
  return targets.flatMap((each) => state.locks.get(each) ?? []);
}

function unfitness(agent: Agent | undefined, epoch: Epoch): WriteObstacle | null {
  if (agent === undefined) return 'AGENT_NOT_FOUND';
  if (agent.epoch !== epoch) return 'STALE_EPOCH';
  if (agent.presence === 'lost') return 'AGENT_LOST';
  if (agent.status !== 'blocked') return null;
  return agent.ticket === null ? 'AGENT_BLOCKED' : 'ALREADY_WAITING';
}
