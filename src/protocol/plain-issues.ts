import { formatDuration, type DurationMs } from '../core/index.ts';

/** What a schema finds wrong, in words for whoever wrote it: a person or a model, who know no schema library. */

/** The parts of a Zod issue that are read here. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly origin?: string;
}

/** What is wrong with a value that a caller has written at this place. `undefined`: it has written none. */
export function issueText(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `there is no argument ${(issue.keys ?? []).map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_type':
      return value === undefined ? `it is missing: write ${wanted(issue)}` : wrongText(issue, value);
    case 'invalid_value':
      return value === undefined ? `it is missing: write ${oneOf(issue)}` : `write ${oneOf(issue)}`;
    case 'too_big':
      return tooBig(issue, value);
    case 'too_small':
      return tooSmall(issue, value);
    case 'custom':
    case 'invalid_format':
      return issue.message;
    default:
      return `${shortly(value)} cannot be used here`;
  }
}

function tooBig(issue: Issue, value: unknown): string {
  if (isList(issue)) return `the list is too long: at most ${String(issue.maximum)} in one call`;
  if (typeof value === 'string')
    return `it has ${value.length} characters: at most ${String(issue.maximum)} are allowed`;
  return `${amount(issue, value)} is too much: at most ${amount(issue, issue.maximum)}`;
}

function tooSmall(issue: Issue, value: unknown): string {
  if (isList(issue)) return `the list is empty: name at least ${String(issue.minimum)}`;
  if (value === '') return 'it is empty: write text, or leave it out';
  return `${amount(issue, value)} is too little: at least ${amount(issue, issue.minimum)}`;
}

/** A field that ends in Ms is a length of time, which nobody writes in milliseconds. */
function amount({ path }: Issue, value: unknown): string {
  const isDuration = String(path.at(-1)).endsWith('Ms') && typeof value === 'number' && value >= 0;
  return isDuration ? formatDuration(value as DurationMs) : shortly(value);
}

/** `scopes[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** What stands at a place of a value. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[step]
        : undefined,
    value,
  );
}

function wrongText(issue: Issue, value: unknown): string {
  return `${shortly(value)} is ${kindOf(value)}: write ${wanted(issue)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'text' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

const wantedKinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as ["one", "two"]',
  object: 'an object',
  record: 'an object',
};

const wanted = ({ expected }: Issue): string => wantedKinds[String(expected)] ?? String(expected);

const oneOf = ({ values = [] }: Issue): string => `one of ${values.map(String).join(', ')}`;

const isList = ({ origin }: Issue): boolean => origin === 'array';

const shownLengthMax = 40;

/** The value, as far as it is short. */
function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'it';
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}...` : text;
}
