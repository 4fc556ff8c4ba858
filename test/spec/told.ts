/** Whether a committed answer tells what the state then is: a token, an epoch or a deadline that is told must be the one in force. */
import type { Command, Grant, Result, State } from '../../src/core/index.ts';

/** What is told and is not so; null when all of it is. */
export function falselyTold(state: State, command: Command, result: Result): string | null {
  const agent = 'agent' in command ? state.agents.get(command.agent) : undefined;
  switch (result.kind) {
    case 'granted':
      return falseGrants(state, result.locks);
    case 'renewed':
      return (
        falseGrants(state, result.leases) ??
        unlessSame('session', result.sessionDeadlineMs, agent?.sessionDeadlineMs)
      );
    case 'joined':
      return (
        unlessSame('epoch', result.epoch, agent?.epoch) ??
        unlessSame('session', result.sessionDeadlineMs, agent?.sessionDeadlineMs)
      );
    case 'resumed':
      return (
        unlessSame('session', command.kind === 'AgentResume' && command.newSession, agent?.session) ??
        unlessSame('epoch', result.epoch, agent?.epoch) ??
        unlessSame('deadline', result.sessionDeadlineMs, agent?.sessionDeadlineMs) ??
        falseGrants(state, result.locks)
      );
    case 'queued':
      return unlessSame('ticket', result.ticket, agent?.ticket);
    case 'contextModified':
      return unlessSame('token', result.token, state.locks.get(result.scope)?.token);
    case 'syncStarted':
      return unlessSame('run', result.run, state.syncs.get(result.scope)?.run);
    case 'syncSet':
      return unlessSame('sync', result.status, state.syncs.get(result.scope)?.status);
    default:
      return null;
  }
}

function falseGrants(state: State, grants: readonly Grant[]): string | null {
  for (const { scope, token, deadlineMs } of grants) {
    const lock = state.locks.get(scope);
    const isFalse =
      unlessSame('token', token, lock?.token) ?? unlessSame('lease', deadlineMs, lock?.deadlineMs);
    if (isFalse !== null) return `${scope}: ${isFalse}`;
  }
  return null;
}

const unlessSame = (what: string, told: unknown, real: unknown): string | null =>
  told === real ? null : `the ${what} is told as ${String(told)}, but is ${String(real)}`;
