/** How one client tells of what happens, and what it understands as an answer. */
import type { HookAnswer, HookEvent, Printed } from './hook-call.ts';

export interface Dialect {
  /** What the client calls the moments that matter; it has others, at which nothing is done. */
  readonly events: Readonly<Record<string, HookEvent>>;
  /** Fields of its payloads, the likeliest first. */
  readonly fields: Fields;
  /** `name`: what the client calls the moment. */
  print(answer: HookAnswer, event: HookEvent, name: string): Printed;
}

export interface Fields {
  readonly event: readonly string[];
  readonly session: readonly string[];
  readonly subagent: readonly string[];
  readonly toolUse: readonly string[];
  readonly folder: readonly string[];
  readonly tool: readonly string[];
  readonly toolInput: readonly string[];
  readonly toolResult: readonly string[];
}

/** Most clients have taken these over from one another. */
export const commonFields: Fields = {
  event: ['hook_event_name', 'hookEventName'],
  session: ['session_id', 'sessionId', 'conversation_id', 'sessionID'],
  subagent: ['agent_id', 'agentId', 'subagent_id'],
  toolUse: ['tool_use_id', 'tool_call_id', 'toolUseId', 'toolCallId', 'callID'],
  folder: ['cwd'],
  tool: ['tool_name', 'toolName'],
  toolInput: ['tool_input', 'toolArgs', 'toolInput'],
  toolResult: ['tool_response', 'tool_output', 'toolResult', 'tool_result'],
};

export const commonEvents: Readonly<Record<string, HookEvent>> = {
  SessionStart: 'sessionStart',
  UserPromptSubmit: 'prompt',
  PreToolUse: 'beforeTool',
  PostToolUse: 'afterTool',
  PostToolUseFailure: 'afterTool',
  Stop: 'stop',
  SubagentStart: 'subagentStart',
  SubagentStop: 'subagentStop',
  SessionEnd: 'sessionEnd',
};

/** Ends a hook so that the client keeps what was asked for from happening, also one that reads no JSON: the reason is on both. */
export const refused = (reason: string, json: unknown): Printed => ({
  stdout: jsonOf(json),
  stderr: `${reason}\n`,
  exitCode: 2,
});

export const said = (json: unknown): Printed => ({ stdout: jsonOf(json), stderr: '', exitCode: 0 });
export const silent: Printed = { stdout: '', stderr: '', exitCode: 0 };

const jsonOf = (value: unknown): string => (value === null ? '' : `${JSON.stringify(value)}\n`);
