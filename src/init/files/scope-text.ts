import { createHash } from 'node:crypto';
import { scalar } from '../../config/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { limitsOf, type RaisedLimits } from '../graph/limits.ts';
import type { LinkKind } from '../graph/links.ts';
import { joinPath, relativePath, seenFrom } from '../paths.ts';
import { firstRules } from '../rules.ts';

/** A dependency as a scope's file says it. */
export interface ScopeDependency {
  readonly to: ScopePath;
  /** `dependency_type`. */
  readonly type: string;
}

/** All that a generated file says. */
export interface ScopeText {
  readonly path: ScopePath;
  readonly name: string;
  readonly type: string;
  /** What it was derived from, repository-relative. */
  readonly source: string;
  readonly dependencies: readonly ScopeDependency[];
  readonly leftOut: readonly ScopePath[];
}

/** What only the top's file has under `generated`. */
export interface TopMarks {
  readonly depth: number | null;
  /** See `rules.ts`. */
  readonly rules: number;
  readonly raised: RaisedLimits;
}

/** What only the top's file has. */
export interface TopText extends TopMarks {
  readonly block: readonly string[];
}

const heading = [
  '# By `rhema init`. `rhema scope refresh` keeps what `generated` lists in step with the code; the rest is yours.',
];

/** What a scope's file calls a dependency that an import alone shows. */
export function dependencyType(kind: LinkKind): string {
  return kind === 'import' ? 'required' : kind;
}

export function renderScope(scope: ScopeText, topText: TopText | null = null): string {
  const { path, dependencies } = scope;
  const entries = dependencies.flatMap(({ to, type }) => entryLines(relativePath(path, to), type));
  return [
    ...heading,
    `name: ${scalar(scope.name)}`,
    `scope_type: ${scalar(scope.type)}`,
    'version: 1.0.0',
    ...(entries.length === 0 ? [] : ['dependencies:', ...entries.map((line) => `  ${line}`)]),
    ...(topText?.block ?? []),
    '',
    ...generatedLines(scope, topText),
    '',
  ].join('\n');
}

/** The `generated` key of a file. */
export function generatedLines(scope: ScopeText, marks: TopMarks | null): string[] {
  const { path, dependencies, leftOut } = scope;
  const list = (key: string, paths: readonly ScopePath[]): string[] =>
    paths.length === 0 ? [] : [`  ${key}:`, ...paths.map((to) => `    - ${scalar(relativePath(path, to))}`)];
  return [
    'generated:',
    sourceLine(scope),
    `  digest: ${digestOf(scope)}`,
    ...(marks === null ? [] : markLines(marks)),
    ...list(
      'dependencies',
      dependencies.map(({ to }) => to),
    ),
    ...list('left_out', leftOut),
  ];
}

/** What the scope was derived from, as an entry of `generated`. */
export function sourceLine({ path, source }: ScopeText): string {
  return `  from: ${scalar(seenFrom(path, source))}`;
}

/** What only the top's `generated` remembers. */
export function markLines({ depth, raised, rules }: TopMarks): string[] {
  return [
    ...(rules === firstRules ? [] : [`  rules: ${rules}`]),
    ...(depth === null ? [] : [`  depth: ${depth}`]),
    ...limitsOf(raised).map(([key, value]) => `  ${key}: ${value}`),
  ];
}

/** The lines of one entry of `dependencies`, without indentation. */
export function entryLines(text: string, type: string): string[] {
  return [`- path: ${scalar(text)}`, `  dependency_type: ${scalar(type)}`];
}

/** Of all values that we write: tells whether a person gave the scope, or a dependency, another name or type. */
export function digestOf({ path, name, type, source, dependencies }: Omit<ScopeText, 'leftOut'>): string {
  const values = [
    name,
    type,
    source,
    ...dependencies.map((one) => `${relativePath(path, one.to)} ${one.type}`),
  ];
  return createHash('sha256').update(values.join('\n')).digest('hex').slice(0, 12);
}

const quotable = String.raw`("(?:[^"\\]|\\.)*"|[^"\s][^\s]*)`;
const entryPattern = new RegExp(String.raw`^  - path: ${quotable}\n    dependency_type: ${quotable}$`, 'gm');
const listPattern = (key: string): RegExp => new RegExp(String.raw`\n  ${key}:((?:\n    - [^\n]+)+)`);

/**
 * Reads a file that nobody has changed since it was written; null for any other. Needs no YAML library, which would take
 * seconds for thousands of files: what is read counts only if writing it again gives the same text.
 */
export function readUntouched(path: ScopePath, given: string): ScopeText | null {
  const text = given.replaceAll('\r\n', '\n');
  const value = (key: string): string | null =>
    unquoted(new RegExp(`^ *${key}: ${quotable}$`, 'm').exec(text)?.[1]);
  const [name, type, from] = [value('name'), value('scope_type'), value('from')];
  const source = from === null ? null : joinPath(path, from);
  if (name === null || type === null || source === null) return null;
  const dependencies = [...text.matchAll(entryPattern)].map((match) => ({
    to: joinPath(path, unquoted(match[1]) ?? ''),
    type: unquoted(match[2]) ?? '',
  }));
  const leftOut = (listPattern('left_out').exec(text)?.[1] ?? '').split('\n    - ').slice(1);
  const scope = {
    path,
    name,
    type,
    source,
    dependencies: dependencies.flatMap(({ to, type: kind }) => (to === null ? [] : [{ to, type: kind }])),
    leftOut: leftOut.map((item) => joinPath(path, unquoted(item) ?? '')).filter((to) => to !== null),
  };
  return renderScope(scope) === text ? scope : null;
}

function unquoted(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}
