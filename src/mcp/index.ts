import type { Face, FaceOptions } from './face.ts';
import type { McpHttp } from './http/mcp-http.ts';
import type { McpHttpPorts } from './http/ports.ts';
import type { McpPorts } from './ports.ts';

export { createMcpServer, factsKey } from './server.ts';
export type { McpHttp } from './http/mcp-http.ts';
export { defaultMcpLimits, type McpHttpLimits, type McpHttpPorts } from './http/ports.ts';
export { LineTransport } from './line-transport.ts';
export type { Face, FaceOptions } from './face.ts';
export type { Contexts, EntryOutcome, EntryWish, McpPorts, TroubleFacts, Workspace } from './ports.ts';

/** What the tools do. Loaded when asked for: the first answer of a server needs none of it. */
export async function createFace(ports: McpPorts, options: FaceOptions): Promise<Face> {
  const { Face } = await import('./face.ts');
  return new Face(ports, options);
}

/** The same over HTTP, in the process of the coordinator. */
export async function openMcpHttp(ports: McpHttpPorts): Promise<McpHttp> {
  const [{ McpHttp }, { openDesk }] = await Promise.all([
    import('./http/mcp-http.ts'),
    import('./http/desks.ts'),
  ]);
  return new McpHttp({ ...ports, openDesk: (caller) => openDesk(ports, caller) });
}
