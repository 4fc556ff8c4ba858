/** Tools that answer at once, and those that tell how they get on. */
import { type CallToolResult, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { setTimeout as passed } from 'node:timers/promises';
import { z } from 'zod';
import { png, wav } from './fixture-prompts.ts';

const textOf = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

/** Between two notifications, as the scenarios ask. */
const pauseMs = 50;

export function addTools(server: McpServer): void {
  const tool = (name: string, run: (context: ServerContext) => CallToolResult | Promise<CallToolResult>) =>
    server.registerTool(name, { description: name, inputSchema: z.object({}) }, (_, context) => run(context));
  tool('test_simple_text', () => textOf('This is a simple text response for testing.'));
  tool('test_image_content', () => ({ content: [{ type: 'image', data: png, mimeType: 'image/png' }] }));
  tool('test_audio_content', () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] }));
  tool('test_embedded_resource', () => ({ content: [embedded] }));
  tool('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: png, mimeType: 'image/png' },
      mixed,
    ],
  }));
  tool('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  tool('test_tool_with_logging', (context) => logging(context));
  tool('test_logging_tool', (context) => logging(context));
  tool('test_tool_with_progress', (context) => progressing(context));
  // Those who listen are told of changes by whoever serves; nothing of this list ever changes.
  tool('test_trigger_tool_change', () => textOf('Nothing has changed.'));
  tool('test_trigger_prompt_change', () => textOf('Nothing has changed.'));
}

const embedded = {
  type: 'resource',
  resource: {
    uri: 'test://embedded-resource',
    mimeType: 'text/plain',
    text: 'This is an embedded resource content.',
  },
} as const;

const mixed = {
  type: 'resource',
  resource: {
    uri: 'test://mixed-content-resource',
    mimeType: 'application/json',
    text: JSON.stringify({ test: 'data', value: 123 }),
  },
} as const;

async function logging({ mcpReq }: ServerContext): Promise<CallToolResult> {
  await mcpReq.log('info', 'Tool execution started');
  await passed(pauseMs);
  await mcpReq.log('info', 'Tool processing data');
  await passed(pauseMs);
  await mcpReq.log('info', 'Tool execution completed');
  return textOf('The tool has logged.');
}

async function progressing({ mcpReq }: ServerContext): Promise<CallToolResult> {
  const progressToken = mcpReq._meta?.progressToken;
  for (const progress of [0, 50, 100]) {
    if (progressToken !== undefined)
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100 },
      });
    if (progress < 100) await passed(pauseMs);
  }
  return textOf('The tool has made progress.');
}
