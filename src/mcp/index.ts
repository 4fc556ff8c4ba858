import type { Face, FaceOptions } from './face.ts';
import type { McpPorts } from './ports.ts';

export { createMcpServer, factsKey } from './server.ts';
export { LineTransport } from './line-transport.ts';
export type { Face, FaceOptions } from './face.ts';
export type { Contexts, EntryOutcome, EntryWish, McpPorts, Workspace } from './ports.ts';

/** What the tools do. Loaded when asked for: the first answer of a server needs none of it. */
export async function createFace(ports: McpPorts, options: FaceOptions): Promise<Face> {
  const { Face } = await import('./face.ts');
  return new Face(ports, options);
}
