/** What an agent says to the coordinator, and what each thing may bring about. */
import type { CommandKind, Rejection, ScopePath } from '../core/index.ts';
import type { CallerCommand } from '../protocol/index.ts';
import type { Proof } from './session.ts';

type Unproved<C> = C extends { readonly secret: string } ? Omit<C, keyof Proof> : never;
/** A command of the agent, without the proof of who speaks. */
export type AgentCommand = Unproved<CallerCommand>;

/** Commands that may end a lock of the agent by its own will. */
export const releasing: ReadonlySet<CommandKind> = new Set(['ReleaseLock', 'SetAgentStatus', 'AgentLeave']);
export const acquiring: ReadonlySet<CommandKind> = new Set(['AcquireLock', 'ContextModify']);

/** What a command would have granted. */
export function scopesAskedBy(command: AgentCommand): readonly ScopePath[] {
  if (command.kind === 'AcquireLock') return command.scopes;
  return command.kind === 'ContextModify' ? [command.scope] : [];
}

/** After these the session is worthless: the agent has to join again, or to resume. */
export const goneCodes: ReadonlySet<Rejection['code']> = new Set([
  'AGENT_NOT_FOUND',
  'STALE_EPOCH',
  'SESSION_MISMATCH',
  'AGENT_LOST',
]);

/** After these nobody can go on under the session: it is joined anew. */
export const overCodes: ReadonlySet<Rejection['code']> = new Set([
  'AGENT_NOT_FOUND',
  'AGENT_LOST',
  'STALE_EPOCH',
]);
