import { sessionMismatch, type Command, type Decision, type State } from '../core/index.ts';

/**
 * The refusal of a repeat whose sender does not prove to be who sent the first: request ids stand in the log, which all who use
 * the repository can read. Asked of the session that is in force; of an agent that has left, or has joined again since, no
 * session is known any more, and the repeat gets its answer.
 */
export function unprovenRepeat(state: State, command: Command): Decision | null {
  if (!('session' in command)) return null;
  const agent = state.agents.get(command.agent);
  if (agent === undefined || ('epoch' in command && command.epoch !== agent.epoch)) return null;
  const isProven =
    command.session === agent.session || ('newSession' in command && command.newSession === agent.session);
  return isProven ? null : sessionMismatch(command.agent);
}
