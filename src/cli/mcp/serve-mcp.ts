import { constants } from 'node:os';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { packageVersion } from '../../client/index.ts';
import { hookTool } from '../../hooks/index.ts';
import { createFace, createMcpServer, LineTransport } from '../../mcp/index.ts';
import type { Face, FaceOptions } from '../../mcp/index.ts';
import { systemTimers } from '../../time/index.ts';
import type { GlobalOptions } from '../call.ts';
import type { HookTool } from '../hook/hook-tool.ts';
import { endFollowing, followProcess } from '../world/process-tracing.ts';
import { mcpDefaults } from './mcp-defaults.ts';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How often to look whether the client's process is still there. */
const lookForParentMs = 1_000;

/**
 * Serves MCP on standard input and output until the client is gone: the input has ended, the process is asked to end, or
 * whoever started it is dead. Then it ends the process at once, whatever is under way, and renews nobody any more: what
 * its agents hold lapses by itself, unless they come back before that.
 */
export async function serveMcp(where: GlobalOptions, options: FaceOptions = mcpDefaults): Promise<never> {
  let face: Promise<Face> | null = null;
  const opened = (): Promise<Face> => (face ??= openFace(where, options));
  const transport = new LineTransport(process.stdin, process.stdout, (delayMs, run) =>
    systemTimers.schedule(delayMs, run),
  );
  const hidden = { name: hookTool, answer: hookAnswers() };
  const version = packageVersion();
  const tracing = await followProcess(process.env, version);
  serveStdio(() => createMcpServer({ version, face: opened, hidden, ...(tracing && { tracing }) }), {
    transport,
  });
  const code = await untilEnd(transport);
  await endFollowing();
  process.exit(code);
}

/** What the tools stand on is loaded at the first call. */
async function openFace(where: GlobalOptions, options: FaceOptions): Promise<Face> {
  const { portsFor } = await import('./mcp-ports.ts');
  return createFace(portsFor(where), options);
}

/** What answers hooks is loaded at the first of them. */
function hookAnswers(): (args: unknown) => Promise<string> {
  let opened: Promise<HookTool> | null = null;
  const open = async (): Promise<HookTool> => new (await import('../hook/hook-tool.ts')).HookTool();
  return async (args) => (await (opened ??= open())).answer(args);
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
