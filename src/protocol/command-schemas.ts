import { z } from 'zod';
import { agentStatuses, scopesMax, scopesPerAcquireMax } from '../core/index.ts';
import type { CallerCommand } from './coordinator.ts';
import {
  agentId,
  contextFile,
  digest,
  digestsByScope,
  freeText,
  metadata,
  name,
  newAgentId,
  revision,
  scopeDefinition,
  scopePath,
  secret,
  sortedScopes,
  ttlMs,
  waitMs,
} from './fields.ts';

/** One schema per command that callers may send. Unknown fields are refused: a misspelt wish must not be ignored. */

const asAgent = { agent: agentId, epoch: revision, secret };
const asOperator = { by: name };
const reason = freeText.nullable();
const token = revision.nullable();

const waitWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('queue'), forMs: waitMs.nullable() }),
]);

const schemas = {
  AgentJoin: z.strictObject({ kind: z.literal('AgentJoin'), agent: newAgentId, secret, metadata }),
  AgentLeave: z.strictObject({ kind: z.literal('AgentLeave'), ...asAgent }),
  AgentResume: z.strictObject({
    kind: z.literal('AgentResume'),
    ...asAgent,
    newSecret: secret,
    way: z.enum(['resume', 'takeOver']),
    from: name,
  }),
  Heartbeat: z.strictObject({ kind: z.literal('Heartbeat'), ...asAgent }),
  SetAgentStatus: z.strictObject({
    kind: z.literal('SetAgentStatus'),
    ...asAgent,
    status: z.enum(agentStatuses),
    reason,
  }),
  AcquireLock: z.strictObject({
    kind: z.literal('AcquireLock'),
    ...asAgent,
    scopes: sortedScopes(1, scopesPerAcquireMax),
    ttlMs: ttlMs.nullable(),
    wait: waitWish,
    reason,
  }),
  ReleaseLock: z.strictObject({
    kind: z.literal('ReleaseLock'),
    ...asAgent,
    scopes: sortedScopes(1, scopesMax).nullable(),
    token,
  }),
  RenewLock: z.strictObject({
    kind: z.literal('RenewLock'),
    ...asAgent,
    scope: scopePath,
    token,
    ttlMs: ttlMs.nullable(),
  }),
  CancelWait: z.strictObject({ kind: z.literal('CancelWait'), ...asAgent }),
  RevokeLock: z.strictObject({ kind: z.literal('RevokeLock'), ...asOperator, scope: scopePath, reason }),
  DefineScopes: z.strictObject({
    kind: z.literal('DefineScopes'),
    ...asOperator,
    scopes: z.array(scopeDefinition).max(scopesMax),
    mayBeEmpty: z.exactOptional(z.boolean()),
  }),
  DefineScope: z.strictObject({ kind: z.literal('DefineScope'), ...asOperator, scope: scopeDefinition }),
  RemoveScope: z.strictObject({ kind: z.literal('RemoveScope'), ...asOperator, scope: scopePath }),
  ContextModify: z.strictObject({
    kind: z.literal('ContextModify'),
    ...asAgent,
    scope: scopePath,
    file: contextFile,
    token,
    digest,
    baseDigest: digest.nullable(),
  }),
  GitOperation: z.strictObject({
    kind: z.literal('GitOperation'),
    ...asOperator,
    scopes: sortedScopes(1, scopesMax),
    operation: name,
  }),
  StartSync: z.strictObject({ kind: z.literal('StartSync'), ...asAgent, scope: scopePath }),
  CompleteSync: z.strictObject({
    kind: z.literal('CompleteSync'),
    ...asAgent,
    scope: scopePath,
    run: revision,
    digest: digest.nullable(),
    syncedAgainst: digestsByScope,
  }),
  FailSync: z.strictObject({
    kind: z.literal('FailSync'),
    ...asAgent,
    scope: scopePath,
    run: revision,
    error: freeText,
  }),
  RetrySync: z.strictObject({ kind: z.literal('RetrySync'), ...asOperator, scope: scopePath }),
  ResetSync: z.strictObject({ kind: z.literal('ResetSync'), ...asOperator, scope: scopePath }),
  AbortSync: z.strictObject({ kind: z.literal('AbortSync'), ...asOperator, scope: scopePath, reason }),
  InvalidateSync: z.strictObject({
    kind: z.literal('InvalidateSync'),
    ...asOperator,
    scope: scopePath,
    reason,
  }),
} satisfies { [Kind in CallerCommand['kind']]: z.ZodType<Extract<CallerCommand, { kind: Kind }>> };

type CommandSchema = (typeof schemas)[keyof typeof schemas];

/** A caller's command, made canonical: paths in their one spelling, scope lists sorted without repeats. */
export const callerCommand = z.discriminatedUnion(
  'kind',
  Object.values(schemas) as [CommandSchema, ...CommandSchema[]],
) satisfies z.ZodType<CallerCommand>;

/** Every kind of command that a caller may send. */
export const callerCommandKinds = Object.keys(schemas) as readonly (keyof typeof schemas)[];
