/** Invariants about agents: who may hold, and what a status means. */
import type { Agent, State } from '../state.ts';
import type { Violation } from './violation.ts';

/** At most `maxConcurrentAgents` agents hold locks, and the index counts them right. */
export function AgentCoordination(state: State): Violation[] {
  const holders = new Set([...state.locks.values()].map((lock) => lock.agent)).size;
  const found: Violation[] = [];
  if (holders > state.settings.maxConcurrentAgents)
    found.push(violation('*', `${holders} agents hold locks, ${state.settings.maxConcurrentAgents} may`));
  if (holders !== state.index.holders)
    found.push(violation('*', `${holders} agents hold locks, the index says ${state.index.holders}`));
  return found;

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'AgentCoordination', subject, evidence };
  }
}

/** No agent holds more than `maxLocksPerAgent` locks. */
export function OneLockPerAgent(state: State): Violation[] {
  return [...state.agents.values()]
    .filter((agent) => agent.held.size > state.settings.maxLocksPerAgent)
    .map((agent) => ({
      invariant: 'OneLockPerAgent',
      subject: agent.id,
      evidence: `holds ${agent.held.size} locks, may hold ${state.settings.maxLocksPerAgent}`,
    }));
}

/**
 * working: holds a lock and does not wait. blocked: waits, or holds a lock and has said why it cannot go on. idle,
 * completed: neither holds nor waits. lost: idle.
 */
export function AgentStateConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  for (const agent of state.agents.values()) {
    const evidence =
      statusProblem(agent) ??
      ticketProblem(state, agent) ??
      presenceProblem(state, agent) ??
      blockProblem(agent);
    if (evidence !== null) found.push({ invariant: 'AgentStateConsistency', subject: agent.id, evidence });
  }
  return found;
}

function statusProblem(agent: Agent): string | null {
  const holds = agent.held.size > 0;
  const waits = agent.ticket !== null;
  switch (agent.status) {
    case 'working':
      return holds && !waits ? null : `is working, but ${waits ? 'waits' : 'holds nothing'}`;
    case 'blocked':
      return waits || (holds && agent.blockedReason !== null)
        ? null
        : 'is blocked, but neither waits nor holds a lock with a reason';
    case 'idle':
    case 'completed':
      return holds || waits ? `is ${agent.status}, but ${waits ? 'waits' : 'holds a lock'}` : null;
  }
}

function ticketProblem(state: State, agent: Agent): string | null {
  if (agent.ticket === null || state.tickets.get(agent.ticket)?.agent === agent.id) return null;
  return `waits with ticket ${agent.ticket}, which is not its own`;
}

function presenceProblem(state: State, agent: Agent): string | null {
  const lost = agent.presence === 'lost';
  if (lost !== (agent.lostAtMs !== null)) return `is ${agent.presence}, but its time of loss says otherwise`;
  if (lost !== state.index.lostAgents.has(agent.id)) return `is ${agent.presence}, the index says otherwise`;
  return lost && agent.status !== 'idle' ? `is lost, but ${agent.status}` : null;
}

function blockProblem(agent: Agent): string | null {
  const blocked = agent.status === 'blocked';
  if (blocked !== (agent.blockedSinceMs !== null))
    return `is ${agent.status}, but blockedSince says otherwise`;
  return !blocked && agent.blockedReason !== null
    ? `is ${agent.status}, but has a reason to be blocked`
    : null;
}
