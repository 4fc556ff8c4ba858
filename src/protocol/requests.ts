import { z } from 'zod';
import { callerCommand } from './command-schemas.ts';
import type { CommandRequest, TicketRequest } from './coordinator.ts';
import { invalidInput, type CoordinatorError } from './errors.ts';
import {
  agentId,
  filePath,
  name,
  oneName,
  requestId,
  resourceName,
  revision,
  scopePath,
  timeMs,
} from './fields.ts';
import { issueText, pathText, valueAt, type Issue } from './plain-issues.ts';
import { plainSubmit } from './plain-submits.ts';
import {
  formerHoldersLocksMax,
  happenedMax,
  mayWriteFilesMax,
  impactScopesMax,
  scopesOfPathsMax,
  type Query,
} from './queries.ts';
import type { ParsedMessage, RequestParsers } from './request-parsers.ts';
import type { ClientMessage } from './wire.ts';

/** Entries that one history query may return. */
const historyLimitMax = 10_000;
/** Event kinds that one history filter may name. */
const historyEventsMax = 100;

const commandRequest = z.strictObject({
  requestId,
  command: callerCommand,
}) satisfies z.ZodType<CommandRequest>;

const ticketRequest = z.strictObject({ agent: agentId, ticket: revision }) satisfies z.ZodType<TicketRequest>;

const moment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('revision'), revision }),
  z.strictObject({ kind: z.literal('time'), atMs: timeMs }),
]);

const historyFilter = z.strictObject({
  agent: z.exactOptional(agentId),
  ...oneName,
  sinceMs: z.exactOptional(timeMs),
  untilMs: z.exactOptional(timeMs),
  events: z.exactOptional(z.array(name).max(historyEventsMax)),
});

const whySubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('scope'), scope: scopePath }),
  z.strictObject({ kind: z.literal('file'), file: filePath }),
  z.strictObject({ kind: z.literal('resource'), resource: resourceName }),
  z.strictObject({ kind: z.literal('agent'), agent: agentId }),
]);

/** Exported for descriptions of what may be asked. */
export const query = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), at: moment.nullable() }),
  z.strictObject({ kind: z.literal('scopes'), fresh: z.boolean().optional() }),
  z.strictObject({
    kind: z.literal('history'),
    filter: historyFilter,
    limit: z.int().min(1).max(historyLimitMax),
    before: revision.nullable(),
  }),
  z.strictObject({
    kind: z.literal('why'),
    subject: whySubject,
    at: moment.nullable(),
    happened: z.number().int().min(0).max(happenedMax).optional(),
  }),
  z.strictObject({
    kind: z.literal('mayWrite'),
    agent: agentId,
    epoch: revision,
    files: z.array(scopePath).min(1).max(mayWriteFilesMax),
    token: revision.nullable(),
  }),
  z.strictObject({
    kind: z.literal('scopesOf'),
    paths: z.array(scopePath).min(1).max(scopesOfPathsMax),
  }),
  z.strictObject({ kind: z.literal('impact'), scopes: z.array(scopePath).min(1).max(impactScopesMax) }),
  z.strictObject({
    kind: z.literal('notices'),
    agent: agentId,
    epoch: revision,
    after: z.strictObject({ revision, logMs: timeMs }).nullable(),
  }),
  z.strictObject({
    kind: z.literal('formerHolders'),
    agent: agentId,
    epoch: revision,
    locks: z
      .array(z.strictObject({ scope: scopePath, file: z.exactOptional(filePath), token: revision }))
      .min(1)
      .max(formerHoldersLocksMax),
  }),
  z.strictObject({ kind: z.literal('token'), scope: scopePath, token: revision }),
  z.strictObject({ kind: z.literal('violations') }),
  z.strictObject({ kind: z.literal('openViolations') }),
  z.strictObject({ kind: z.literal('health') }),
]) satisfies z.ZodType<Query>;

const callId = z.int().min(1);

const clientMessage = z.discriminatedUnion('op', [
  z.strictObject({ id: callId, op: z.literal('submit'), request: commandRequest }),
  z.strictObject({ id: callId, op: z.literal('awaitTicket'), ticket: ticketRequest }),
  z.strictObject({ id: callId, op: z.literal('query'), query }),
  z.strictObject({ id: callId, op: z.literal('watch'), fromRevision: revision }),
  z.strictObject({ id: callId, op: z.literal('refresh'), acceptNone: z.boolean().optional() }),
  z.strictObject({ id: callId, op: z.literal('stop'), when: z.enum(['now', 'idle']) }),
  z.strictObject({ id: callId, op: z.literal('cancel') }),
  z.looseObject({ op: z.literal('hello'), protocol: z.int(), version: name, pid: z.int() }),
]) satisfies z.ZodType<ClientMessage>;

export const requestParsers: RequestParsers = {
  parseMessage,
  parseCommandRequest: (value) => parseOrThrow(commandRequest, value),
  parseQuery: (value) => parseOrThrow(query, value),
  parseTicketRequest: (value) => parseOrThrow(ticketRequest, value),
};

function parseMessage(line: string): ParsedMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, id: null, error: invalidInput('', 'the line is not JSON') };
  }
  const plain = plainSubmit(value);
  if (plain !== null) return { ok: true, message: plain };
  const parsed = clientMessage.safeParse(value);
  if (parsed.success) return { ok: true, message: parsed.data };
  return { ok: false, id: callIdOf(value), error: describe(parsed.error, value) };
}

/** The call's number in a message that is otherwise malformed, so that its caller hears of it. */
function callIdOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  const parsed = callId.safeParse(value.id);
  return parsed.success ? parsed.data : null;
}

function parseOrThrow<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw describe(parsed.error, value);
}

/** The first problem only: the others are often its consequences. */
function describe(error: z.ZodError, value: unknown): CoordinatorError {
  const issue = error.issues[0];
  if (issue === undefined) return invalidInput('', 'malformed');
  return invalidInput(pathText(issue.path), issueText(issue as Issue, valueAt(value, issue.path)));
}
