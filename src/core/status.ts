/** The mechanics of an agent's status; its meaning is told in `agents.ts`. */
import { addMs, type TimeMs } from './ids.ts';
import type { Agent, State } from './state.ts';
import type { AgentStatus } from './statuses.ts';

/** Brings the status in line after a lock or the ticket of an agent has come or gone. */
export function settleStatus(state: State, agent: Agent, atMs: TimeMs): void {
  if (agent.ticket !== null) setStatus(state, agent, 'blocked', atMs);
  else if (agent.held.size === 0) setStatus(state, agent, 'idle', atMs);
  else if (agent.blockedReason === null) setStatus(state, agent, 'working', atMs);
}

/** Restarts the block deadlines after a change of their length or of the clock. */
export function rearmBlock(state: State, agent: Agent, sinceMs: TimeMs): void {
  agent.blockedSinceMs = sinceMs;
  state.index.blockDeadlines.set(agent.id, addMs(sinceMs, state.settings.maxBlockMs));
}

/** Sets the status and keeps what belongs to `blocked` in step with it. */
export function setStatus(state: State, agent: Agent, status: AgentStatus, atMs: TimeMs): void {
  if (agent.status === status) return;
  agent.status = status;
  if (status === 'blocked') return rearmBlock(state, agent, atMs);
  if (agent.blockedSinceMs === null) return;
  agent.blockedSinceMs = null;
  agent.blockedReason = null;
  state.index.blockDeadlines.delete(agent.id);
}
