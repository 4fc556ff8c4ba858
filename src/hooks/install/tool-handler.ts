/** The handler by which Claude Code asks the agent's own `rhema mcp`, a process that is there already, and starts none. */
import { hookTool } from '../tool-call.ts';
import { isTable, type Table } from './json-text.ts';

/** As the client's configuration calls the server of `rhema mcp`. */
export const mcpServerName = 'rhema';

const toolType = 'mcp_tool';
const timeoutSeconds = 30;

/**
 * The client fills in `${...}`: what is not there becomes an empty text. Only what is looked at is sent: whole files would make a
 * call longer than the server reads.
 */
export function toolHandler(client: string, event: string): Table {
  const isBefore = event === 'PreToolUse';
  return {
    type: toolType,
    server: mcpServerName,
    tool: hookTool,
    input: {
      client,
      hook_event_name: '${hook_event_name}',
      session_id: '${session_id}',
      agent_id: '${agent_id}',
      cwd: '${cwd}',
      tool_name: '${tool_name}',
      tool_use_id: '${tool_use_id}',
      tool_input: {
        file_path: '${tool_input.file_path}',
        notebook_path: '${tool_input.notebook_path}',
        command: '${tool_input.command}',
      },
      // Of a tool of MCP the first block of text, in which it says as whom the agent has joined.
      ...(isBefore ? {} : { tool_response: '${tool_response.0.text}' }),
    },
    timeout: timeoutSeconds,
    // Without a server that answers the act is not done. What has been done cannot be undone by that.
    ...(isBefore ? { onFailure: 'block' } : {}),
  };
}

/** Whether a handler, changed or not, calls our tool. */
export const isToolHandler = (handler: Table): boolean =>
  handler['type'] === toolType && handler['server'] === mcpServerName && handler['tool'] === hookTool;

/** What the client would send: the payload of a hook put into the input of a handler. Null: the handler has no input. */
export function filledInput(handler: Table, payload: Table): Table | null {
  const { input } = handler;
  return isTable(input) ? (filled(input, payload) as Table) : null;
}

function filled(value: unknown, payload: Table): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/\$\{([\w.]+)\}/g, (_all, path: string) => textAt(payload, path.split('.')));
  if (Array.isArray(value)) return value.map((item) => filled(item, payload));
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, payload)]));
}

function textAt(payload: Table, path: readonly string[]): string {
  let value: unknown = payload;
  for (const key of path) value = (value as Table | null | undefined)?.[key];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
