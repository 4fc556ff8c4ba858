import { z } from 'zod';
import { messageKinds } from '../core/index.ts';

/**
 * The arguments of the tools, as they are advertised. Only their shape: what is a valid name, path or token is said by
 * the protocol, which every command passes.
 */

const agent = () => z.string().describe('Your handle, from agent_join');
const scope = () => z.string().describe('Folder of the scope');
export const waitSecondsMax = 50;
const entriesMax = 100;
/** Larger numbers are not exact; a bound of our own keeps the longer default out of the advertised schema. */
const numberMax = 1e15;
const position = () => z.number().int().min(1).max(numberMax);

/** What one call may name. */
const namesMax = 1_000;
const names = () => z.array(z.string()).max(namesMax);

export const toolSchemas = {
  agent_join: () =>
    z.strictObject({
      agent: agent().describe('Name you choose: letters, digits and . _ @ / -'),
      task: z.string().optional().describe('What you are here to do, in a line'),
      resume: z.boolean().optional().describe('Only if you are that agent, and your client was restarted'),
    }),
  agent_report: () =>
    z.strictObject({
      agent: agent(),
      status: z
        .enum(['working', 'blocked', 'completed', 'idle', 'left'])
        .optional()
        .describe('Needed without to and holder_of'),
      message: z.string().optional().describe('How it goes, or why; needed for blocked, and to send'),
      to: z.string().optional().describe('An agent, or all'),
      holder_of: z.string().optional().describe('File, scope or @resource: whoever holds it'),
      kind: z.enum(messageKinds).optional().describe('Default: info, or request_release with holder_of'),
    }),
  lock_acquire: () =>
    z.strictObject({
      agent: agent(),
      scopes: names().min(1).describe('Files, there or not yet; folders of scopes; @resources: all or none'),
      reason: z.string().optional().describe('What for; others read it'),
      wait_seconds: z
        .number()
        .min(0)
        .max(waitSecondsMax)
        .optional()
        .describe('How long this call waits in the queue; 0: refuse at once'),
    }),
  lock_release: () =>
    z.strictObject({
      agent: agent(),
      scopes: names().optional().describe('As acquired; none: everything'),
    }),
  lock_check: () =>
    z.strictObject({
      agent: agent(),
      path: z.string().describe('File or folder'),
      token: position().optional().describe('Token of your grant'),
    }),
  context_record: () =>
    z.strictObject({
      agent: agent(),
      path: z.string().describe('Context file'),
      token: position().optional().describe('Token of your grant'),
      entry: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Write this: add it, or set these keys in the entry of its id; null takes a key out'),
      remove: z.string().optional().describe('Write it without the entry of this id'),
    }),
  sync_scope: () =>
    z.strictObject({
      agent: agent(),
      scope: scope(),
      action: z.enum(['start', 'complete', 'fail', 'retry', 'changed']),
      run: position().optional().describe('From start; needed to complete or fail'),
      message: z.string().optional().describe('Why it failed or changed'),
    }),
  coordination_status: () =>
    z.strictObject({
      agent: agent().optional(),
      log: z.number().int().min(1).max(entriesMax).optional().describe('Also the last so many events'),
    }),
};

export type ToolName = keyof typeof toolSchemas;
export type ToolArguments<Name extends ToolName> = z.infer<ReturnType<(typeof toolSchemas)[Name]>>;
