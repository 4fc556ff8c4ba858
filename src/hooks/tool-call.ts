/** A hook that a client asks through a tool of `rhema mcp`. */
import { hookClients, type HookClient } from './hook-clients.ts';

/** The tool's name. No model is shown it: a client calls it as its hooks say. */
export const hookTool = 'client_hook';

export interface ToolAsked {
  readonly client: HookClient;
  /** As the client would have written it to the standard input of a command. */
  readonly payload: string;
}

/** Null: it does not say which client asks. */
export function readToolCall(args: unknown): ToolAsked | null {
  if (typeof args !== 'object' || args === null) return null;
  const { client, ...payload } = args as Readonly<Record<string, unknown>>;
  const known = hookClients.find((name) => name === client);
  return known === undefined ? null : { client: known, payload: JSON.stringify(payload, withoutEmpty) };
}

/** The client writes an empty text for what is not there. */
const withoutEmpty = (_key: string, value: unknown): unknown => (value === '' ? undefined : value);
