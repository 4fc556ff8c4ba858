import { resolve } from 'node:path';
import type { Call } from '../call.ts';
import { invalidInput, usageError } from '../answer/errors.ts';
import { mcpDefaults, waitMsMax } from '../mcp/mcp-defaults.ts';
import type { Outcome } from '../answer/outcome.ts';
import { durationOption } from './acquiring.ts';
import type { ClientConfigInput } from './client-config.ts';

export interface McpInput extends Partial<ClientConfigInput> {
  readonly repo?: string;
  readonly wait: string;
  readonly collect: string;
}

/** Serves MCP on standard input and output until the client is gone, or says how a client is configured for that. */
export async function mcp(call: Call, input: McpInput): Promise<Outcome> {
  const there = input.repo === undefined ? call : call.in(resolve(call.cwd, input.repo));
  const { clientConfig: client, write, dryRun } = input;
  const times = await timesOf(input);
  if (client !== undefined) {
    const wish = { ...input, clientConfig: client, serverOptions: chosenTimes(input) };
    return (await import('./client-config.ts')).clientConfig(there, wish);
  }
  if (write === true || dryRun === true) throw usageError('--write and --dry-run go with --client-config');
  return (await import('../mcp/serve-mcp.ts')).serveMcp(there.options, times);
}

interface Times {
  readonly waitMs: number;
  readonly collectMs: number;
}

async function timesOf(input: McpInput): Promise<Times> {
  const waitMs = await durationOption('--wait', input.wait);
  if (waitMs > waitMsMax)
    throw invalidInput(
      `--wait ${input.wait}: at most ${waitMsMax / 1_000} s, since clients give up after a minute`,
    );
  return { waitMs, collectMs: await durationOption('--collect', input.collect) };
}

/** The times as a client has to give them. What is the rule may become another: it is not written down. */
function chosenTimes({ wait, collect }: McpInput): string[] {
  return [
    ...(wait === mcpDefaults.wait ? [] : ['--wait', wait]),
    ...(collect === mcpDefaults.collect ? [] : ['--collect', collect]),
  ];
}
