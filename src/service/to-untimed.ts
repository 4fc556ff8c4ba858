import { asRequestId, type RequestId } from '../core/index.ts';
import type { CallerCommand, CommandRequest } from '../protocol/index.ts';
import type { UntimedCommand } from './batch.ts';
import type { SecretHasher } from './secrets.ts';

/** What a caller asks for, with its secrets as digests: all that the core and the log ever see of them. */
export function toUntimed({ requestId, command }: CommandRequest, hasher: SecretHasher): UntimedCommand {
  const id = asRequestId(requestId);
  if (!('secret' in command)) return { requestId: id, ...command };
  if (command.kind === 'AgentResume') return toUntimedResume(id, command, hasher);
  const session = hasher.sessionOf(command.secret);
  // The spread comes last because V8 adds a property after a spread ten times slower than before it, and takes one out
  // by destructuring as slowly. It cannot overwrite anything: the border has refused fields that are not the command's.
  const untimed = { session, requestId: id, ...command, secret: undefined };
  return untimed;
}

function toUntimedResume(
  requestId: RequestId,
  { secret, newSecret, ...command }: Extract<CallerCommand, { kind: 'AgentResume' }>,
  hasher: SecretHasher,
): UntimedCommand {
  const [session, newSession] = [hasher.sessionOf(secret), hasher.sessionOf(newSecret)];
  return { requestId, session, newSession, ...command };
}
