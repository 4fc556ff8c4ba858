import { parseAgentIdForm, type AgentId, type Command } from '../core/index.ts';
import { CoordinatorError, loadRequestParsers } from '../protocol/index.ts';
import { firstDifference } from './difference.ts';

/** Why the border would not have let a command through; null when it would. */
export type FormCheck = (command: Command) => string | null;

/** Commands that only the service itself gives. */
export const internalKinds: ReadonlySet<string> = new Set(['ExpireDue', 'SeeDead', 'TakeOver', 'Configure']);

/**
 * Holds commands against the schemas of the border. So what a caller chose freely (reasons, metadata, paths, digests) has
 * at least the form that it can have.
 */
export async function loadFormCheck(): Promise<FormCheck> {
  const parsers = await loadRequestParsers();
  return (command) => {
    if (internalKinds.has(command.kind)) return null;
    const asked = asCaller(command);
    try {
      const parsed = parsers.parseCommandRequest({
        requestId: command.requestId ?? 'of the service',
        command: asked,
      });
      const changed = firstDifference(parsed.command, asked);
      return changed === null ? null : `command.${changed.path} is not in its canonical form`;
    } catch (error) {
      if (error instanceof CoordinatorError) return error.message;
      throw error;
    }
  };
}

/** Which names are words of the coordinator grows with its versions, so of a name in a log only its form is held against it. */
function joiningName(name: AgentId): string {
  return parseAgentIdForm(name).ok ? 'somebody-else' : name;
}

/** A session stands in for the secret that it is the digest of: to the border both are hexadecimal digits. */
function asCaller(command: Command): object {
  const { atMs: _atMs, requestId: _requestId, ...asked } = command;
  if (!('session' in asked)) return asked;
  const { session, ...rest } = asked;
  const said = { ...rest, secret: session };
  if (said.kind === 'AgentJoin') return { ...said, agent: joiningName(said.agent) };
  if (said.kind !== 'AgentResume') return said;
  const { newSession, ...resumed } = said;
  return { ...resumed, newSecret: newSession };
}
