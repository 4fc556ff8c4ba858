/** docs/api.md, as the OpenAPI document has it, and the table of codes beside it. */
import { rejectionCodes, retryAdvice } from '../core/index.ts';
import { failureCodes, type FailureCode } from '../protocol/index.ts';
import { inputStatuses, statusOfFailure, statusOfRefusal } from './problems.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly description?: string;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export function apiPage({ paths }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sectionsOf = (head: string, isIn: (tags: readonly string[]) => boolean): string =>
    [head, ...operations.filter(({ operation }) => isIn(operation.tags)).map(section)].join('\n\n');
  return [
    opening,
    sectionsOf(commandsHead, (tags) => tags.includes('commands')),
    sectionsOf('## Queries', (tags) => tags.includes('queries')),
    sectionsOf('## Everything else', (tags) => !tags.includes('commands') && !tags.includes('queries')),
    codes(),
  ].join('\n\n');
}

const opening = `# Write a client of the HTTP API

A program in another language is to take part: a bot that frees what a closed pull request held, a dashboard, a runner without Node.

\`\`\`sh
U=http://127.0.0.1:7421/api/v1
S=$(openssl rand -hex 32)                            # proves that the agent is this program
call() { curl -s "$U/$1" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d "$2"; }

call commands/AgentJoin '{"agent":"bot","secret":"'$S'","metadata":{}}'          # result.epoch: 412
call commands/AcquireLock '{"agent":"bot","epoch":412,"secret":"'$S'","scopes":["src/core"],
  "ttlMs":null,"wait":{"kind":"none"},"reason":"nightly run"}'                   # 200, or 423 with who holds it
call commands/Heartbeat '{"agent":"bot","epoch":412,"secret":"'$S'"}'            # before the lease ends, again and again
call commands/AgentLeave '{"agent":"bot","epoch":412,"secret":"'$S'"}'           # gives all back
\`\`\`

How tokens are made and what they let do, which header repeats a request safely, and what each status means: [serve.md](serve.md). This page is made
of the document that a server itself gives, \`GET /api/v1/openapi.json\`, which generators of clients read. Times are in milliseconds. What is not
listed in a body is refused.`;

const commandsHead = `## Commands

A command of an agent needs its name, its epoch (the revision of its join) and its secret. Those with \`by\` in place of them are an operator's; the log has the
name of the token in its place. With the header \`Idempotency-Key\`, 1 to 128 letters of ASCII, a repeat by the same token gets
the first answer.`;

function section({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}): string {
  const { summary, tags, requestBody, responses } = operation;
  const parameters = tags.includes('commands') ? [] : (operation.parameters ?? []);
  const schema = requestBody?.content['application/json']?.schema;
  const told = Object.entries(responses).filter(([status]) => !everywhere.has(status));
  return [
    `### \`${method} ${path}\``,
    summary,
    ...(parameters.length === 0 ? [] : [table(['parameter', 'in', 'what'], parameters.map(parameterRow))]),
    ...(schema === undefined ? [] : [fields(schema)]),
    ...(tags.includes('commands') || (told.every(([status]) => status === '200') && schema !== undefined)
      ? []
      : [
          table(
            ['status', 'when'],
            told.map(([status, { description }]) => [status, description]),
          ),
        ]),
  ].join('\n\n');
}

/** What any request may come to; serve.md has it. */
const everywhere: ReadonlySet<string> = new Set(['400', '401', '403', '404', '413', '415', '429', '503']);

const parameterRow = ({
  name,
  in: where,
  description,
  required = false,
  schema,
}: Parameter): readonly string[] => [
  `\`${name}\``,
  required ? `${where}, needed` : where,
  `${description} ${capital(typeText(schema))}.`,
];

function fields(schema: Schema): string {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([name, field]) => [
    `\`${name}\``,
    required.includes(name) ? 'yes' : 'no',
    [typeText(field), field.description].filter((text) => text !== undefined).join('. '),
  ]);
  return rows.length === 0 ? 'The body is `{}`, or none.' : table(['field', 'needed', 'what'], rows);
}

function typeText(schema: Schema): string {
  const { anyOf, oneOf, const: only, enum: some, items, properties } = schema;
  const either = anyOf ?? oneOf;
  if (either !== undefined) return either.map(typeText).join(' or ');
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (some !== undefined) return some.map((each) => `\`${JSON.stringify(each)}\``).join(', ');
  if (items !== undefined) return `list${sizes(schema)} of: ${typeText(items)}`;
  if (properties !== undefined) return objectText(schema);
  if (typeof schema.additionalProperties === 'object')
    return `object of: ${typeText(schema.additionalProperties)}`;
  return `${[schema.type ?? 'anything'].flat().join(' or ')}${sizes(schema)}`;
}

function objectText({ properties = {}, required = [] }: Schema): string {
  const parts = Object.entries(properties).map(
    ([name, field]) => `\`${name}\`${required.includes(name) ? '' : '?'}: ${typeText(field)}`,
  );
  return `{ ${parts.join('; ')} }`;
}

function sizes({ pattern, minimum, maximum, minLength, maxLength, minItems, maxItems }: Schema): string {
  if (pattern !== undefined) return ` of the form \`${pattern}\``;
  const [from, to] = [minimum ?? minLength ?? minItems, maximum ?? maxLength ?? maxItems];
  const what = minLength !== undefined || maxLength !== undefined ? ' characters' : '';
  const upper = to === undefined || to === Number.MAX_SAFE_INTEGER ? null : to.toLocaleString('en');
  if (from === undefined && upper === null) return '';
  if (upper === null) return ` from ${from}${what}`;
  return from === undefined ? ` of at most ${upper}${what}` : ` of ${from} to ${upper}${what}`;
}

function statusesOf(code: FailureCode): string {
  const status = String(statusOfFailure(code));
  return code === 'INVALID_INPUT' ? `${status}; ${inputStatuses.join(', ')}` : status;
}

function codes(): string {
  const refused = rejectionCodes.map((code) => [
    `\`${code}\``,
    String(statusOfRefusal(code)),
    retries[retryAdvice[code]],
  ]);
  const failed = failureCodes.map((code) => [`\`${code}\``, statusesOf(code), 'as `retryable` says']);
  return [
    '## Codes',
    'A problem has `type` `urn:rhema:refused:CODE` where the rules refuse, and `urn:rhema:failed:CODE` where it could not be asked for.',
    '### Refused by the rules',
    table(['code', 'status', 'worth another try'], refused),
    '### Not answered',
    table(['code', 'status', 'worth another try'], failed),
  ].join('\n\n');
}

const retries = {
  afterOthersAct: 'once others have acted',
  afterYouAct: 'once you have acted',
  never: 'never as it is',
} as const;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(inCell).join(' | ')} |`).join('\n');

const inCell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
