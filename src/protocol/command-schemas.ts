import { z } from 'zod';
import {
  agentStatuses,
  messageKinds,
  scopesMax,
  targetsPerRequestMax,
  violationEnds,
  type Wish,
} from '../core/index.ts';
import type { CallerCommand } from './coordinator.ts';
import {
  agentId,
  agentProcess,
  changedUnder,
  contextFile,
  digest,
  digestsByScope,
  evidence,
  filesAndResources,
  freeText,
  isOneName,
  messageText,
  metadata,
  name,
  newAgentId,
  oneName,
  revision,
  scopeDefinition,
  scopePath,
  secret,
  slotNumber,
  sortedScopes,
  ttlMs,
  violationName,
  waitMs,
} from './fields.ts';

/** One schema per command that callers may send. Unknown fields are refused: a misspelt wish must not be ignored. */

const asAgent = { agent: agentId, epoch: revision, secret };
const asOperator = { by: name };
const reason = freeText.nullable();
const token = revision.nullable();
const changed = z.exactOptional(changedUnder);

const waitWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('queue'), forMs: waitMs.nullable() }),
]);

const nothingNamed = 'nothing is named: name at least one scope, file or resource';
const notOneNamed = 'name exactly one: a scope, a file or a resource';

const namesAny = ({ scopes, files = [], resources = [] }: Wish): boolean =>
  scopes.length + files.length + resources.length > 0;

const addressee = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('agent'), agent: agentId }),
  z
    .strictObject({ kind: z.literal('holder'), ...oneName })
    .refine(isOneName, { path: ['scope'], message: notOneNamed }),
  z.strictObject({ kind: z.literal('all') }),
]);

const saying = { to: addressee, messageKind: z.enum(messageKinds), text: messageText };
const notAskedOfHolder =
  'request_release asks whoever holds something to give it back: address the holder, so that it is named';

/** Other kinds may go to anybody. */
const namesWhatIsAskedFor = ({ to, messageKind }: { to: { kind: string }; messageKind: string }): boolean =>
  messageKind !== 'request_release' || to.kind === 'holder';

/** By kind; exported for descriptions of what may be said. */
export const commandSchemas = {
  AgentJoin: z.strictObject({
    kind: z.literal('AgentJoin'),
    agent: newAgentId,
    secret,
    metadata,
    process: z.exactOptional(agentProcess),
  }),
  AgentLeave: z.strictObject({ kind: z.literal('AgentLeave'), ...asAgent, changed }),
  AgentResume: z.strictObject({
    kind: z.literal('AgentResume'),
    ...asAgent,
    newSecret: secret,
    way: z.enum(['resume', 'takeOver']),
    from: name,
    process: z.exactOptional(agentProcess),
  }),
  Heartbeat: z.strictObject({ kind: z.literal('Heartbeat'), ...asAgent }),
  SetAgentStatus: z.strictObject({
    kind: z.literal('SetAgentStatus'),
    ...asAgent,
    status: z.enum(agentStatuses),
    reason,
    changed,
  }),
  AcquireLock: z
    .strictObject({
      kind: z.literal('AcquireLock'),
      ...asAgent,
      scopes: sortedScopes(0, targetsPerRequestMax),
      ...filesAndResources,
      ttlMs: ttlMs.nullable(),
      wait: waitWish,
      reason,
    })
    .refine(namesAny, { path: ['scopes'], message: nothingNamed }),
  ReleaseLock: z
    .strictObject({
      kind: z.literal('ReleaseLock'),
      ...asAgent,
      scopes: sortedScopes(0, scopesMax).nullable(),
      ...filesAndResources,
      token,
      changed,
    })
    .refine(({ scopes, ...rest }) => scopes === null || namesAny({ scopes, ...rest }), {
      path: ['scopes'],
      message: `${nothingNamed}, or null for all that is held`,
    }),
  RenewLock: z
    .strictObject({
      kind: z.literal('RenewLock'),
      ...asAgent,
      ...oneName,
      token,
      ttlMs: ttlMs.nullable(),
    })
    .refine(isOneName, { path: ['scope'], message: notOneNamed }),
  SendMessage: z
    .strictObject({ kind: z.literal('SendMessage'), ...asAgent, ...saying })
    .refine(namesWhatIsAskedFor, { path: ['messageKind'], message: notAskedOfHolder }),
  SendAsOperator: z
    .strictObject({ kind: z.literal('SendAsOperator'), ...asOperator, ...saying })
    .refine(namesWhatIsAskedFor, { path: ['messageKind'], message: notAskedOfHolder }),
  ReadMessages: z.strictObject({ kind: z.literal('ReadMessages'), ...asAgent }),
  CancelWait: z.strictObject({ kind: z.literal('CancelWait'), ...asAgent }),
  RevokeLock: z
    .strictObject({
      kind: z.literal('RevokeLock'),
      ...asOperator,
      ...oneName,
      slot: z.exactOptional(slotNumber),
      reason,
    })
    .refine(isOneName, { path: ['scope'], message: notOneNamed }),
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
  ReportViolation: z.strictObject({
    kind: z.literal('ReportViolation'),
    ...asOperator,
    ...violationName,
    path: scopePath.nullable(),
    evidence,
    remedy: evidence,
  }),
  SettleViolation: z.strictObject({
    kind: z.literal('SettleViolation'),
    ...asOperator,
    ...violationName,
    end: z.enum(violationEnds),
    cause: freeText.nullable(),
  }),
} satisfies { [Kind in CallerCommand['kind']]: z.ZodType<Extract<CallerCommand, { kind: Kind }>> };

type CommandSchema = (typeof commandSchemas)[keyof typeof commandSchemas];

/** A caller's command, made canonical: paths in their one spelling, scope lists sorted without repeats. */
export const callerCommand = z.discriminatedUnion(
  'kind',
  Object.values(commandSchemas) as [CommandSchema, ...CommandSchema[]],
) satisfies z.ZodType<CallerCommand>;

/** Every kind of command that a caller may send. */
export const callerCommandKinds = Object.keys(commandSchemas) as readonly (keyof typeof commandSchemas)[];
