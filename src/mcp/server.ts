import {
  CLIENT_INFO_META_KEY,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
  SdkError,
  SdkErrorCode,
  type CallToolResult,
  type ReadResourceResult,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { escapeHidden, escapesIn } from '../core/index.ts';
import type { ToolAnswer } from './answer.ts';
import type { Face, Resource } from './face.ts';
import type { ToolCall } from './handlers/handler.ts';
import { instructions } from './instructions.ts';
import type { Tracing } from '../observe/index.ts';
import type { ClientPresence } from '../participant/desk/index.ts';
import { toolSchemas, type ToolName } from './schemas.ts';
import { toolTable } from './tool-table.ts';

/** What one connection, or one request where there are no connections, is served by. */
export interface McpServerOptions {
  /** Of the package. */
  readonly version: string;
  /** Asked for at the first call, since what the tools stand on takes time to load. */
  face(): Promise<Pick<Face, 'call' | 'read'>>;
  readonly hidden?: HiddenTool;
  /** Who speaks here, where that may end before this process does. */
  readonly client?: ClientPresence;
  /** Tools that are of no use to this client, such as those that read its files on another machine. */
  readonly without?: readonly ToolName[];
  /** Follows calls of tools. */
  readonly tracing?: Tracing;
}

/** A tool that is not listed: the client itself calls it, as its hooks are set up, and its model need not know of it. */
export interface HiddenTool {
  readonly name: string;
  /** A JSON text. What is thrown becomes a refusal in its words. */
  readonly answer: (args: unknown) => Promise<string>;
}

/** Longest name of a client that is noted, in characters. */
const clientNameLengthMax = 100;

/** Neither the tools nor the list of resources change while a process lives. */
const listsLastMs = 3_600_000;
const hour = { ttlMs: listsLastMs, cacheScope: 'public' } as const;

/**
 * The tools and resources as the SDK serves them, in both eras of the protocol. Cheap, and without state of its own:
 * whoever serves HTTP makes one for each request.
 */
export function createMcpServer(options: McpServerOptions): McpServer {
  // Neither list ever changes. A client that is to be heard listening must be offered something to listen to.
  const listChanged = options.client !== undefined;
  const server = new McpServer(
    { name: 'rhema', version: options.version },
    {
      instructions,
      capabilities: { tools: { listChanged }, resources: { listChanged } },
      cacheHints: { 'tools/list': hour, 'resources/list': hour, 'resources/templates/list': hour },
    },
  );
  for (const name of Object.keys(toolTable) as ToolName[])
    if (options.without?.includes(name) !== true) addTool(server, options, name);
  if (options.hidden !== undefined) addHidden(server, options.hidden);
  addResources(server, options);
  return server;
}

function addTool(server: McpServer, options: McpServerOptions, name: ToolName): void {
  const { description } = toolTable[name];
  const annotations = annotationsOf(name);
  server.registerTool(
    name,
    { description, annotations, inputSchema: unchecked(() => schemaOf(name)) },
    async (args, context) => {
      const answer = async (): Promise<CallToolResult> => {
        const face = await options.face();
        return resultOf(await face.call(name, args, callOf(server, context, options.client)));
      };
      return options.tracing === undefined ? answer() : followed(options.tracing, name, context, answer);
    },
  );
}

/** From where its client follows it, or within the request that brought it. */
function followed(
  tracing: Tracing,
  tool: ToolName,
  { mcpReq }: ServerContext,
  answer: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const meta = mcpReq._meta;
  const wish = {
    name: `tools/call ${tool}`,
    kind: 'server',
    attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': tool },
    from: meta?.['traceparent'] === undefined ? null : meta,
    ended: ({ isError }: CallToolResult) => ({ attributes: {}, isError: isError === true }),
  } as const;
  return tracing.span(wish, answer);
}

function annotationsOf(name: ToolName) {
  const { readOnly, idempotent } = toolTable[name];
  return { readOnlyHint: readOnly, idempotentHint: idempotent, destructiveHint: false, openWorldHint: false };
}

/** The SDK lists all tools that it has, so the list is made here, of the same parts. */
function addHidden(server: McpServer, { name, answer }: HiddenTool): void {
  const inputSchema = unchecked(() => ({ type: 'object' }));
  server.registerTool(name, { inputSchema }, async (args): Promise<CallToolResult> => {
    return { content: [{ type: 'text', text: shownInJson(await answer(args)) }] };
  });
  const tools = (Object.keys(toolTable) as ToolName[]).map((tool) => ({
    name: tool,
    description: toolTable[tool].description,
    annotations: annotationsOf(tool),
  }));
  server.server.setRequestHandler('tools/list', () => ({
    tools: tools.map((tool) => ({ ...tool, inputSchema: schemaOf(tool.name) })),
  }));
}

/** That it is a JSON Schema of this dialect is what the protocol takes for granted. */
function schemaOf(name: ToolName): ObjectSchema {
  const { $schema: _, ...schema } = toolSchemas[name]().toJSONSchema({ io: 'input' });
  return { ...schema, type: 'object' };
}

type ObjectSchema = { readonly type: 'object' } & Record<string, unknown>;

/**
 * The schema that a client is shown. Arguments are checked by the tool itself: so it can say what is wrong in the form
 * of all its refusals, and nothing of the schemas has to be built before somebody asks.
 */
function unchecked(json: () => ObjectSchema): StandardSchemaWithJSON<unknown, unknown> {
  return {
    '~standard': {
      version: 1,
      vendor: 'rhema',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
}

function callOf(server: McpServer, { mcpReq }: ServerContext, client: ClientPresence | undefined): ToolCall {
  const token = mcpReq._meta?.progressToken;
  return {
    signal: mcpReq.signal,
    wasCancelled: () => mcpReq.signal.aborted && !isBreakOrTimeOut(mcpReq.signal.reason),
    program: clientName(server, mcpReq.envelope),
    ...(client && { client }),
    progress:
      token === undefined
        ? null
        : (elapsedMs, totalMs, message) => {
            const params = { progressToken: token, progress: elapsedMs, total: totalMs, message };
            mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
          },
  };
}

/** In one era a client says who it is with each request, in the other once. */
function clientName(server: McpServer, envelope: unknown): string | null {
  const info =
    (envelope as Readonly<Record<string, unknown>> | undefined)?.[CLIENT_INFO_META_KEY] ??
    server.server.getClientVersion();
  if (typeof info !== 'object' || info === null || !('name' in info)) return null;
  return String(info.name).slice(0, clientNameLengthMax);
}

/**
 * A connection that broke is no wish of the client, nor is its own time-out, which clients send as a cancellation with
 * that reason: in both cases it may come back and go on waiting.
 */
function isBreakOrTimeOut(reason: unknown): boolean {
  if (reason instanceof SdkError) return reason.code === SdkErrorCode.ConnectionClosed;
  return typeof reason === 'string' && /time[ds]?[ _-]?out|deadline (?:exceeded|has elapsed)/i.test(reason);
}

/** Where a program finds the few facts of a result. */
export const factsKey = 'rhema/facts';

/**
 * No structured content: where a result has it, Claude Code (2.1.197, 2.1.330) and Codex (0.169) show the model that
 * instead of the text, which says more. A model that waited never learned that it was to ask again.
 */
function resultOf({ text, facts, isError }: ToolAnswer): CallToolResult {
  return { content: [{ type: 'text', text: shown(text) }], isError, _meta: { [factsKey]: facts } };
}

/** Whatever an answer is made of, nothing that hides reaches a model: this is the only way out. */
function shown(text: string): string {
  return escapeHidden(text, (letter) => (letter === '\n' ? letter : escapesIn(letter)));
}

/** The same in a JSON text, where what hides can only be inside of its strings. */
function shownInJson(json: string): string {
  return escapeHidden(json, (letter) => JSON.stringify(escapesIn(letter)).slice(1, -1));
}

/** By its code: the class is loaded with the tools, long after the server has started. */
function hasInvalidInput(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'INVALID_INPUT';
}

function addResources(server: McpServer, options: McpServerOptions): void {
  const read = async (uri: URL, resource: Resource): Promise<ReadResourceResult> => {
    const face = await options.face();
    const text = await face.read(resource).catch((error: unknown) => {
      throw hasInvalidInput(error)
        ? new ProtocolError(ProtocolErrorCode.InvalidParams, error.message)
        : error;
    });
    return { contents: [{ uri: uri.href, mimeType: 'text/plain', text: shown(text) }] };
  };
  const mimeType = 'text/plain';
  server.registerResource(
    'status',
    'rhema://status',
    { description: 'Agents, locks, queue and syncs', mimeType },
    (uri) => read(uri, { kind: 'status' }),
  );
  server.registerResource(
    'scopes',
    'rhema://scopes',
    { description: 'All scopes and their dependencies', mimeType },
    (uri) => read(uri, { kind: 'scopes' }),
  );
  const known = (uri: URL): Promise<ReadResourceResult> => {
    const asked = uri.searchParams;
    return read(uri, { kind: 'context', path: asked.get('path'), words: asked.get('words') ?? '' });
  };
  for (const [name, variables, description] of knownBy)
    server.registerResource(
      name,
      new ResourceTemplate(`rhema://context{?${variables}}`, { list: undefined }),
      { description, mimeType },
      known,
    );
  server.registerResource(
    'log',
    'rhema://log',
    { description: 'The last entries of the log', mimeType },
    (uri) => read(uri, { kind: 'log', from: null }),
  );
  server.registerResource(
    'log from a revision',
    new ResourceTemplate('rhema://log{?from}', { list: undefined }),
    { description: 'The log from a revision on', mimeType },
    (uri, { from }) => read(uri, { kind: 'log', from: Number(from) }),
  );
}

/** What is known can be asked for by either variable, or both: a template takes all that it names. */
const knownBy = [
  ['what is known about a file', 'path', 'Knowledge, todos, decisions, patterns and conventions near it'],
  ['what is known by words alone', 'words', 'Those that have the words'],
  ['what is known by words', 'path,words', 'Those that have the words, the nearest first'],
] as const;
