import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createFace, createMcpServer, LineTransport } from '../mcp/index.ts';
import type { Face, FaceOptions, McpPorts } from '../mcp/index.ts';

/** The process around the server: its ends, and what can end it. */
export interface McpProcess {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly version: string;
  readonly options: FaceOptions;
  /** What the tools stand on; asked for at the first call. */
  ports(): Promise<McpPorts>;
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How often to look whether the client's process is still there. */
const lookForParentMs = 1_000;

/**
 * Serves MCP on standard input and output until the client is gone: the input has ended, the process is asked to end, or
 * whoever started it is dead. Then it ends the process at once, whatever is under way, and renews nobody any more: what
 * its agents hold lapses by itself, unless they come back before that.
 */
export async function serveMcp(around: McpProcess): Promise<never> {
  let face: Promise<Face> | null = null;
  const opened = (): Promise<Face> =>
    (face ??= around.ports().then((ports) => createFace(ports, around.options)));
  const transport = new LineTransport(around.stdin, around.stdout, after);
  serveStdio(() => createMcpServer({ version: around.version, face: opened }), { transport });
  process.exit(await untilEnd(transport));
}

/** Waits for whatever ends the process first, and answers its exit code. */
function untilEnd(transport: LineTransport): Promise<number> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    void transport.ended.then(() => resolve(0));
    for (const signal of endingSignals) process.once(signal, () => resolve(128 + constants.signals[signal]));
    // A pipe does not end while any other process holds its other end.
    setInterval(() => process.ppid !== parent && resolve(0), lookForParentMs).unref();
  });
}

function after(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}
