/** Whether a committed answer tells what the state then is: a token, an epoch or a deadline that is told must be the one in force. */
import {
  targetOf,
  type Command,
  type Grant,
  type Result,
  type ResultOf,
  type State,
} from '../../src/core/index.ts';

/** What is told and is not so; null when all of it is. */
export function falselyTold(state: State, command: Command, result: Result, before: State): string | null {
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
      return ownTokens(state, result).includes(result.token)
        ? null
        : `the token ${result.token} is told, but is none`;
    case 'syncStarted':
      return unlessSame('run', result.run, state.syncs.get(result.scope)?.run);
    case 'syncSet':
      return unlessSame('sync', result.status, state.syncs.get(result.scope)?.status);
    case 'messagesRead':
      return falseMessages(before, state, command, result);
    default:
      return null;
  }
}

/** What is delivered is what was unread, in that order, and no part of it is left. */
function falseMessages(
  before: State,
  after: State,
  command: Command,
  { messages, gaveWay }: ResultOf<'messagesRead'>,
): string | null {
  const id = 'agent' in command ? command.agent : undefined;
  const numbers = ({ agents }: State): string =>
    (id === undefined ? [] : (agents.get(id)?.inbox.unread ?? [])).map(({ revision }) => revision).join();
  const had = id === undefined ? undefined : before.agents.get(id)?.inbox.gaveWay;
  return (
    unlessSame('list of messages', messages.map(({ revision }) => revision).join(), numbers(before)) ??
    unlessSame('rest', '', numbers(after)) ??
    unlessSame('number of those that gave way', gaveWay, had)
  );
}

/** Of the locks under which a context file was written: its own, or that of its scope. */
function ownTokens({ locks }: State, { scope }: { readonly scope: string }): unknown[] {
  return [...locks.values()].filter((lock) => lock.scope === scope).map(({ token }) => token);
}

function falseGrants(state: State, grants: readonly Grant[]): string | null {
  for (const grant of grants) {
    const { token, deadlineMs } = grant;
    const lock = state.locks.get(targetOf(grant));
    const isFalse =
      unlessSame('token', token, lock?.token) ?? unlessSame('lease', deadlineMs, lock?.deadlineMs);
    if (isFalse !== null) return `${targetOf(grant)}: ${isFalse}`;
  }
  return null;
}

const unlessSame = (what: string, told: unknown, real: unknown): string | null =>
  told === real ? null : `the ${what} is told as ${String(told)}, but is ${String(real)}`;
