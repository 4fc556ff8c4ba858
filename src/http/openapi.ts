import { rejectionCodes } from '../core/index.ts';
import { failureCodes } from '../protocol/index.ts';
import type { JsonSchema } from '../protocol/json-schemas/index.ts';
import { answerParts, otherAnswers, queryAnswers } from './answer-schemas.ts';
import { statusOfFailure, statusOfRefusal } from './problems.ts';
import { anyObject } from './schema-words.ts';
import { commandSummaries, querySummaries } from './summaries.ts';

/** What the document says of one route; the routes are made of the same table. */
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly [key: string]: unknown;
}

const problem = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const failures = {
  400: problem('The request is malformed; `details.path` says where.'),
  401: problem('Who asks is not known: no token, an unknown one, or one that has expired.'),
  403: problem('The token may not do this.'),
  429: problem('Too much in too short a time; `Retry-After` says when to ask again.'),
  503: problem('The coordinator cannot answer at the moment.'),
};

/** Of a request that has a body. */
const bodyFailures = {
  ...failures,
  413: problem('The body is too large: INVALID_INPUT.'),
  415: problem('The body is not said to be JSON: INVALID_INPUT.'),
};

const json = (schema: object): object => ({ 'application/json': { schema } });

/** The OpenAPI 3.1 document of the API, made of the schemas by which requests are read. */
export async function openApi(version: string, prefix: string): Promise<object> {
  const { requestSchemas } = await import('../protocol/json-schemas/index.ts');
  const { commands, queries } = requestSchemas();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rhema Coordination',
      version,
      description:
        'Locks, queue, context files and syncs of one Git repository. Every command is durable before it is answered; every answer has the revision of the log at which it was decided.',
    },
    servers: [{ url: prefix === '' ? '/' : prefix }],
    security: [{ token: [] }],
    paths: {
      ...mapped(commands, '/api/v1/commands/', commandOperation),
      ...mapped(queries, '/api/v1/queries/', queryOperation),
      ...others,
    },
    components: {
      securitySchemes: { token: tokenScheme },
      schemas: { Problem: problemSchema, Reply: replySchema, ...answerParts },
    },
  };
}

function mapped(
  schemas: Readonly<Record<string, JsonSchema>>,
  path: string,
  operation: (kind: string, schema: JsonSchema) => Operation,
): Record<string, object> {
  const entries = Object.entries(schemas);
  return Object.fromEntries(
    entries.map(([kind, schema]) => [path + kind, { post: operation(kind, schema) }]),
  );
}

const commandOperation = (kind: string, schema: JsonSchema): Operation => ({
  operationId: kind,
  summary: commandSummaries[kind as keyof typeof commandSummaries],
  tags: ['commands'],
  parameters: [idempotencyKey],
  requestBody: { required: true, content: json(schema) },
  responses: {
    200: { description: 'Done, and durable.', content: json({ $ref: '#/components/schemas/Reply' }) },
    ...bodyFailures,
    ...refusals(),
  },
});

/** By the rules, with the codes that each status may have. */
function refusals(): Record<number, object> {
  const statuses = [...new Set(rejectionCodes.map(statusOfRefusal))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const refused = rejectionCodes.filter((code) => statusOfRefusal(code) === status);
      const failed = failureCodes.filter((code) => statusOfFailure(code) === status);
      const codes = [...refused, ...failed].join(', ');
      return [status, problem(`\`code\` says why, \`retry\` what must happen first: ${codes}.`)];
    }),
  );
}

const queryOperation = (kind: string, schema: JsonSchema): Operation => ({
  operationId: `query_${kind}`,
  summary: querySummaries[kind as keyof typeof querySummaries],
  tags: ['queries'],
  requestBody: { required: false, content: json(schema) },
  responses: {
    200: { description: 'The answer.', content: json(queryAnswers[kind] ?? anyObject) },
    ...bodyFailures,
  },
});

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'What the request is called: a repeat under it by the same token gets the first answer. A key is made where there is none.',
  schema: { type: 'string', pattern: '^[ -~]{1,128}$' },
};

const parameter = (
  name: string,
  where: string,
  description: string,
  schema: object,
  required = false,
): object => ({
  name,
  in: where,
  description,
  required,
  schema,
});

const others = {
  '/api/v1/tickets/{ticket}': {
    get: {
      operationId: 'awaitTicket',
      summary: 'Answers when a ticket has left the queue, or after `waitMs` at the latest.',
      tags: ['queue'],
      parameters: [
        parameter(
          'ticket',
          'path',
          'As the command that queued said it.',
          { type: 'integer', minimum: 1 },
          true,
        ),
        parameter('agent', 'query', 'Whose ticket it is.', { type: 'string' }, true),
        parameter('waitMs', 'query', 'How long to wait, in ms; 30000 unless given.', {
          type: 'integer',
          minimum: 0,
          maximum: 60_000,
        }),
      ],
      responses: {
        200: { description: 'It was granted, or ended otherwise.', content: json(otherAnswers.ticket) },
        204: { description: 'It still waits: ask again.' },
        ...failures,
      },
    },
  },
  '/api/v1/events': {
    get: {
      operationId: 'events',
      summary: 'Entries of the log as server-sent events, each once and in order, for as long as you read.',
      tags: ['log'],
      parameters: [
        parameter('from', 'query', 'The first revision; 1 unless given.', { type: 'integer', minimum: 1 }),
        parameter('Last-Event-ID', 'header', 'The last revision seen: the next one comes first.', {
          type: 'string',
        }),
      ],
      responses: {
        200: {
          description:
            'Events `entry` (`id` is the revision, `data` the entry as JSON), comments as signs of life, and `problem` before an end that has a reason.',
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
        ...failures,
      },
    },
  },
  '/api/v1/refresh': {
    post: {
      operationId: 'refresh',
      summary: 'Reads the scope files of the server’s working tree again.',
      tags: ['scopes'],
      requestBody: {
        required: false,
        content: json({
          type: 'object',
          properties: {
            acceptNone: { type: 'boolean', description: 'There are no scopes any more; operators only.' },
          },
          additionalProperties: false,
        }),
      },
      responses: {
        200: { description: 'What was read.', content: json(otherAnswers.refresh) },
        ...bodyFailures,
      },
    },
  },
  '/api/v1/about': {
    get: {
      operationId: 'about',
      summary: 'By which version and from which commit it is served, and whom the token lets in until when.',
      tags: ['access'],
      responses: { 200: { description: 'All of it.', content: json(otherAnswers.about) }, ...failures },
    },
  },
  '/api/v1/whoami': {
    get: {
      operationId: 'whoami',
      summary: 'Whom the token lets in.',
      tags: ['access'],
      responses: {
        200: {
          description: 'Name, role, as whom it may take part, and until when.',
          content: json(otherAnswers.whoami),
        },
        ...failures,
      },
    },
  },
  '/api/v1/openapi.json': open('openapi', 'This document.', anyObject),
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Figures for Prometheus; for any token.',
      tags: ['operations'],
      responses: {
        200: {
          description: 'In the text format of Prometheus.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        ...failures,
      },
    },
  },
  '/healthz': open('healthz', 'Whether the process answers at all.', otherAnswers.healthz),
  '/readyz': open(
    'readyz',
    'Whether it can be worked with: the log takes entries, and no invariant is broken.',
    otherAnswers.readyz,
    {
      503: { description: 'It cannot; `checks` says why.', content: json(otherAnswers.readyz) },
    },
  ),
};

function open(operationId: string, summary: string, schema: object, more: object = {}): object {
  const responses = { 200: { description: 'Yes.', content: json(schema) }, ...more };
  return { get: { operationId, summary, tags: ['open'], security: [], responses } };
}

const tokenScheme = { type: 'http', scheme: 'bearer', description: 'Made by `rhema token create`.' };

const problemSchema = {
  type: 'object',
  description: 'RFC 9457. `type` tells a refusal by the rules from a failure.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', pattern: '^urn:rhema:(refused|failed):[A-Z_]+$' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    details: anyObject,
    retry: { enum: ['afterOthersAct', 'afterYouAct', 'never'], description: 'Of a refusal.' },
    retryable: {
      type: 'boolean',
      description: 'Of a failure: whether the same may succeed later by itself.',
    },
    revision: { type: 'integer' },
    atMs: { type: 'integer' },
    unread: { type: 'integer' },
  },
};

const replySchema = {
  type: 'object',
  required: ['revision', 'atMs', 'result'],
  properties: {
    revision: { type: 'integer', description: 'Of the log, at which it was decided.' },
    atMs: { type: 'integer', description: 'The log’s time: deadlines count from it.' },
    unread: { type: 'integer', description: 'Messages that the agent has not read.' },
    result: { $ref: '#/components/schemas/Result' },
  },
};
