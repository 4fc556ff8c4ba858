/** Each command as the tool call that says it. What else it takes to say it is in `mcp-face.ts`. */
import type { AgentId, Command, CommandKind, CommandOf } from '../../src/core/index.ts';
import { callWaitSeconds } from './mcp-connection.ts';

/**
 * MCP has no tool for them: they are for operators, or are done by the server behind the agent's back. The one that sends a
 * message reads as well, as every tool does, which would be a step more.
 */
type MissingKind =
  | 'RenewLock'
  | 'RevokeLock'
  | 'DefineScope'
  | 'DefineScopes'
  | 'RemoveScope'
  | 'GitOperation'
  | 'ResetSync'
  | 'AbortSync'
  | 'SendMessage'
  | 'SendAsOperator'
  | 'ReadMessages'
  | 'ReportViolation'
  | 'SettleViolation'
  | 'SeeDead'
  | 'ExpireDue'
  | 'TakeOver'
  | 'Configure';
/** A call that waits is cancelled, or another made; see `mcp-face.ts`. */
type CancelledKind = 'CancelWait';
type CalledKind = Exclude<CommandKind, MissingKind | CancelledKind>;

export interface ToolCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A number that is no grant's and no run's: the revision at which the owner began the log. 0 is refused as such. */
const staleNumber = 1;
const numberOf = (number: number): number => (number === 0 ? staleNumber : number);

/** By kind of command: the call, made by the agent that it is about, or by one that speaks for nobody else. */
export const calls: {
  readonly [Kind in CalledKind]: (command: CommandOf<Kind>, speaker: AgentId) => ToolCall;
} = {
  AgentJoin: ({ agent }) => ({ tool: 'agent_join', args: { agent } }),
  AgentResume: ({ agent }) => ({ tool: 'agent_join', args: { agent, resume: true } }),
  AgentLeave: ({ agent }) => ({ tool: 'agent_report', args: { agent, status: 'left' } }),
  Heartbeat: ({ agent }) => ({ tool: 'lock_check', args: { agent, path: 's1' } }),
  SetAgentStatus: ({ agent, status, reason }) => ({
    tool: 'agent_report',
    args: { agent, status, ...(reason === null ? {} : { message: reason }) },
  }),
  AcquireLock: ({ agent, scopes, wait }) => ({
    tool: 'lock_acquire',
    args: { agent, scopes, wait_seconds: wait.kind === 'none' ? 0 : callWaitSeconds },
  }),
  ReleaseLock: ({ agent, scopes }) => ({
    tool: 'lock_release',
    args: { agent, ...(scopes === null ? {} : { scopes }) },
  }),
  ContextModify: ({ agent, scope, file, token }) => ({
    tool: 'context_record',
    args: { agent, path: `${scope}/${file}`, ...(token === null ? {} : { token: numberOf(token) }) },
  }),
  StartSync: ({ agent, scope }) => ({ tool: 'sync_scope', args: { agent, scope, action: 'start' } }),
  CompleteSync: ({ agent, scope, run }) => ({
    tool: 'sync_scope',
    args: { agent, scope, action: 'complete', run: numberOf(run) },
  }),
  FailSync: ({ agent, scope, run, error }) => ({
    tool: 'sync_scope',
    args: { agent, scope, action: 'fail', run: numberOf(run), message: error },
  }),
  RetrySync: ({ scope }, agent) => ({ tool: 'sync_scope', args: { agent, scope, action: 'retry' } }),
  InvalidateSync: ({ scope }, agent) => ({ tool: 'sync_scope', args: { agent, scope, action: 'changed' } }),
};

/** The call; null for what no call says. */
export function callOf(command: Command, speaker: AgentId): ToolCall | null {
  const { [command.kind]: write } = calls as Readonly<
    Record<string, ((command: Command, speaker: AgentId) => ToolCall) | undefined>
  >;
  return write?.(command, speaker) ?? null;
}
