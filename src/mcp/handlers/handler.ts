import type { AgentDesk } from '../agent-desk.ts';
import type { WaitingCall } from '../acquiring.ts';
import type { ToolAnswer } from '../answer.ts';
import type { KeptAgent } from '../kept-agent.ts';
import type { Clock, Workspace } from '../ports.ts';
import type { ToolArguments, ToolName } from '../schemas.ts';
import type { Speaker } from '../speaker.ts';

/** One tool call, apart from its arguments. */
export interface ToolCall extends WaitingCall {
  /** What the client calls itself; null when it does not say. */
  readonly program: string | null;
  /** Tells the client how the wait goes on; null when it did not ask to be told. */
  readonly progress: ((elapsedMs: number, totalMs: number, message: string) => void) | null;
}

/** What a tool works with. */
export interface Work {
  readonly workspace: Workspace;
  readonly desk: AgentDesk;
  readonly speaker: Speaker;
  readonly clock: Clock;
  /** How long `lock_acquire` waits when the call does not say, in milliseconds. */
  readonly waitMs: number;
}

/** A tool of an agent that takes part. */
export type AgentHandler<Name extends ToolName> = (
  work: Work,
  agent: KeptAgent,
  input: ToolArguments<Name>,
  call: ToolCall,
) => Promise<ToolAnswer>;
