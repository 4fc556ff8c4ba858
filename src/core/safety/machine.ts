/** Invariants about the machine as a whole: shapes, bounds and timers. */
import { asTimeMs, parseAgentIdForm, parseScopePath, type TimeMs } from '../ids.ts';
import {
  agentsMax,
  contextFilesPerScopeMax,
  lostAgentsMax,
  openViolationsMax,
  recentRequestsMax,
  scopesMax,
  waitersMax,
} from '../limits.ts';
import { settingsProblems } from '../settings.ts';
import { agentStatuses, syncStatuses } from '../statuses.ts';
import type { State } from '../state.ts';
import { violationKey } from '../violations.ts';
import type { Violation } from './violation.ts';

/** Every value is of its kind, and every record is filed under its own name. */
export function TypeInvariant(state: State): Violation[] {
  const found: Violation[] = [];
  const report = (subject: string, evidence: string): number =>
    found.push({ invariant: 'TypeInvariant', subject, evidence });
  for (const problem of settingsProblems(state.settings)) report('settings', problem);
  for (const [path, scope] of state.scopes) {
    const parsed = parseScopePath(path);
    if (scope.path !== path || !parsed.ok || parsed.value !== path)
      report(path, 'is no canonical scope path');
  }
  for (const [id, agent] of state.agents) {
    if (agent.id !== id || !parseAgentIdForm(id).ok)
      report(id, 'is no agent name, or is filed under another');
    if (!agentStatuses.includes(agent.status)) report(id, `status ${agent.status} is unknown`);
    if (agent.epoch > state.revision || agent.seenAtMs > state.timeMs) report(id, 'is from the future');
  }
  for (const [path, sync] of state.syncs)
    if (sync.scope !== path || !syncStatuses.includes(sync.status))
      report(path, `sync status ${sync.status} is unknown`);
  for (const lock of state.locks.values())
    if (!Number.isSafeInteger(lock.token) || !Number.isFinite(lock.deadlineMs))
      report(lock.target, 'lock has no numbers');
  for (const [key, violation] of state.openViolations)
    if (key !== violationKey(violation) || violation.revision > state.revision)
      report(violation.subject, 'is a violation that is filed under another name, or from the future');
  return found;
}

/** Nothing grows beyond its bound. */
export function ResourceBounds(state: State): Violation[] {
  const sizes: readonly (readonly [string, number, number])[] = [
    ['agents', state.agents.size, agentsMax],
    ['lost agents', state.index.lostAgents.size, lostAgentsMax],
    // Withdrawn scopes are bounded by who holds and who waits.
    ['scopes', state.scopes.size - withdrawnCount(state), scopesMax],
    ['tickets', state.tickets.size, waitersMax],
    ['open violations', state.openViolations.size, openViolationsMax],
    ['recent requests', state.recentRequests.size, recentRequestsMax],
    ...[...state.scopes.values()].map(
      (scope) => [`context files of ${scope.path}`, scope.contexts.size, contextFilesPerScopeMax] as const,
    ),
  ];
  return sizes
    .filter(([, size, max]) => size > max)
    .map(([subject, size, max]) => ({
      invariant: 'ResourceBounds',
      subject,
      evidence: `${size}, at most ${max} may be`,
    }));
}

function withdrawnCount(state: State): number {
  let count = 0;
  for (const { withdrawn } of state.scopes.values()) if (withdrawn) count += 1;
  return count;
}

/** Everything that ends by time is on a timer, at its time, and nothing else is. */
export function TimeoutManagement(state: State): Violation[] {
  const { sessionDeadlines, blockDeadlines, ticketDeadlines, lockDeadlines } = state.index;
  const found: Violation[] = [];
  const report = (subject: string, evidence: string): number =>
    found.push({ invariant: 'TimeoutManagement', subject, evidence });
  const counts = { sessions: 0, blocks: 0, tickets: 0 };
  for (const agent of state.agents.values()) {
    if (agent.presence === 'lost') continue;
    counts.sessions += 1;
    if (sessionDeadlines.get(agent.id) !== agent.sessionDeadlineMs)
      report(agent.id, 'its session has no timer');
    if (agent.blockedSinceMs === null) continue;
    counts.blocks += 1;
    const dueMs: TimeMs = asTimeMs(agent.blockedSinceMs + state.settings.maxBlockMs);
    if (blockDeadlines.get(agent.id) !== dueMs) report(agent.id, 'its block has no timer');
  }
  for (const waiter of state.tickets.values()) {
    if (waiter.deadlineMs === null) continue;
    counts.tickets += 1;
    if (ticketDeadlines.get(waiter.ticket) !== waiter.deadlineMs)
      report(`ticket ${waiter.ticket}`, 'has no timer');
  }
  if (sessionDeadlines.size !== counts.sessions) report('*', 'a session timer belongs to nobody');
  if (blockDeadlines.size !== counts.blocks) report('*', 'a block timer belongs to nobody');
  if (ticketDeadlines.size !== counts.tickets) report('*', 'a ticket timer belongs to nobody');
  if (lockDeadlines.size !== state.locks.size) report('*', 'a lease timer belongs to nobody');
  return found;
}
