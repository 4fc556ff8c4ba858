/** Invariants about agents: who may hold, and what a status means. */
import type { AgentId, ResourceName, ScopePath } from '../ids.ts';
import type { Agent, State } from '../state.ts';
import type { Violation } from './violation.ts';

/** At most `maxConcurrentAgents` agents hold something in scopes, and the index knows who. */
export function AgentCoordination(state: State): Violation[] {
  const holders = new Set<AgentId>();
  for (const lock of state.locks.values()) if (lock.scope !== undefined) holders.add(lock.agent);
  const found: Violation[] = [];
  if (holders.size > state.settings.maxConcurrentAgents)
    found.push(
      violation('*', `${holders.size} agents hold locks, ${state.settings.maxConcurrentAgents} may`),
    );
  const { holders: indexed } = state.index;
  if (holders.size !== indexed.size || [...holders].some((agent) => !indexed.has(agent)))
    found.push(violation('*', `${holders.size} agents hold locks, the index says ${indexed.size}`));
  return found;

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'AgentCoordination', subject, evidence };
  }
}

/** No agent holds anything in more than `maxLocksPerAgent` scopes, or more files or resources than it may; its counts are right. */
export function OneLockPerAgent(state: State): Violation[] {
  const { maxLocksPerAgent, maxFilesPerAgent, maxResourcesPerAgent } = state.settings;
  const found: Violation[] = [];
  for (const agent of state.agents.values()) {
    const held = countHeld(state, agent);
    const check = (count: number, max: number, indexed: number, what: string): void => {
      if (count > max) found.push(violation(agent, `holds ${count} ${what}, may hold ${max}`));
      if (count !== indexed)
        found.push(violation(agent, `holds ${count} ${what}, the index says ${indexed}`));
    };
    check(held.scopes, maxLocksPerAgent, agent.heldIn.size, 'locks');
    check(held.files, maxFilesPerAgent, agent.files, 'files');
    check(held.resources, maxResourcesPerAgent, agent.resources, 'resources');
  }
  return found;

  function violation({ id }: Agent, evidence: string): Violation {
    return { invariant: 'OneLockPerAgent', subject: id, evidence };
  }
}

function countHeld({ locks }: State, agent: Agent): { scopes: number; files: number; resources: number } {
  const scopes = new Set<ScopePath>();
  const resources = new Set<ResourceName>();
  let files = 0;
  for (const target of agent.held) {
    const { scope, file, resource } = locks.get(target) ?? {};
    if (scope !== undefined) scopes.add(scope);
    if (file !== undefined) files += 1;
    if (resource !== undefined) resources.add(resource);
  }
  return { scopes: scopes.size, files, resources: resources.size };
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
