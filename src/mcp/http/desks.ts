import { createMcpServer } from '../server.ts';
import { Face } from '../face.ts';
import type { McpTrouble } from '../ports.ts';
import { requestNow } from './request-now.ts';
import type { Desk, HttpCaller, McpHttpPorts } from './ports.ts';

/** It reads a file that its caller wrote, which lies on another machine. */
const ofOwnFiles = ['context_record'] as const;

/** Only a call belongs to a request; what is renewed or given back goes on after it. */
function requestOf(event: McpTrouble): { readonly requestId?: string } {
  const requestId = event === 'mcp.callFailed' ? requestNow.getStore() : undefined;
  return requestId === undefined ? {} : { requestId };
}

/** What serves the clients of one token: our tools, at a desk of their own. */
export function openDesk(ports: McpHttpPorts, { coordinator, token }: HttpCaller): Desk {
  const face = new Face(
    {
      open: () => ports.workspace(coordinator, token),
      clock: ports.time,
      newRequestId: () => ports.newRequestId(),
      newSecret: () => ports.newSecret(),
      report: (event, facts) => ports.report(event, { ...facts, ...requestOf(event), principal: token }),
    },
    ports.options,
  );
  const { version, tracing } = ports;
  const options = { version, tracing, face: async () => face, without: ofOwnFiles };
  return {
    newServer: (client) => createMcpServer({ ...options, client }),
    putAway: (silentMs) => face.putAway(silentMs),
    stop: () => face.stop(),
  };
}
