/** What an agent says to the coordinator, and what each thing may bring about. */
import { targetsOf, type CommandKind, type Rejection, type Target } from '../core/index.ts';
import type { CallerCommand } from '../protocol/index.ts';
import type { Proof } from './session.ts';

type Unproved<C> = C extends { readonly secret: string } ? Omit<C, keyof Proof> : never;
/** A command of the agent, without the proof of who speaks. */
export type AgentCommand = Unproved<CallerCommand>;

/** Commands that may end a lock of the agent by its own will. */
export const releasing: ReadonlySet<CommandKind> = new Set(['ReleaseLock', 'SetAgentStatus', 'AgentLeave']);
export const acquiring: ReadonlySet<CommandKind> = new Set(['AcquireLock', 'ContextModify']);

/** What a command would have granted. */
export function targetsAskedBy(command: AgentCommand): readonly Target[] {
  if (command.kind === 'AcquireLock') return targetsOf(command);
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
