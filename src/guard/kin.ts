/** Agents that one session of a client has started, beside its own: they share its shell, and what it commits is of them all. */
import type { AgentId, AgentMetadata } from '../core/index.ts';

/** Of a subagent's metadata: the agent that started it. */
export const startedBy = 'startedBy';

/** For whom an agent speaks at a commit: itself, and those that it started. Empty: nobody that takes part. */
export function kinOf(
  agents: readonly { readonly agent: AgentId; readonly metadata: AgentMetadata }[],
  agent: AgentId | null,
): ReadonlySet<AgentId> {
  if (agent === null) return new Set();
  const started = agents.filter(({ metadata }) => metadata[startedBy] === agent);
  return new Set([agent, ...started.map((one) => one.agent)]);
}
