import type { Wish } from '../../core/index.ts';
import { changedByHolder, type LogClock, type Speaker } from '../../participant/index.ts';
import type { Time } from '../../time/index.ts';
import type { AgentDesk, DeskAgent, Visit, VisitingCall } from '../../participant/desk/index.ts';
import type { ToolAnswer } from '../answer.ts';
import type { Workspace } from '../ports.ts';
import type { ToolArguments, ToolName } from '../schemas.ts';

/** One tool call, apart from its arguments. */
export interface ToolCall extends VisitingCall {
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
  /** Its `nowMs` is the log's time, with which deadlines and ages are told. */
  readonly clock: Pick<LogClock, 'nowMs'> & Pick<Time, 'monotonicMs' | 'schedule'>;
  /** Milliseconds since 1970 by this host's clock, as other processes note it. */
  wallMs(): number;
  /** How long `lock_acquire` waits when the call does not say, in milliseconds. */
  readonly waitMs: number;
}

/** What an agent has changed under what it gives back, as a part of the command; null: under all that it holds. */
export function changedBy(
  work: Work,
  agent: DeskAgent,
  wish: Wish | null,
): ReturnType<typeof changedByHolder> {
  const { coordinator, changedSince } = work.workspace;
  const ports = { coordinator, changedSince, wallMs: () => work.wallMs(), time: work.clock };
  return changedByHolder(ports, agent.session, wish);
}

/** A tool of an agent that takes part. */
export type AgentHandler<Name extends ToolName> = (
  work: Work,
  visit: Visit,
  input: ToolArguments<Name>,
  call: ToolCall,
) => Promise<ToolAnswer>;
