import { parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parse as parseTomlText, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import { unresolvedMerge } from '../../repository/index.ts';
import { positionAt, warning, type Notices } from '../notices.ts';
import type { RepositoryTree } from '../tree/tree.ts';

/** Keys and values that nobody has vouched for: each is looked at before it is used. */
export type Table = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The table under a key, or an empty one. */
export function tableIn(value: unknown, ...keys: readonly string[]): Table {
  let at = value;
  for (const key of keys) at = isTable(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isTable(at) ? at : {};
}

export function textIn(table: Table, key: string): string | null {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The texts of a list; a single text counts as a list of one. */
export function textsIn(table: Table, key: string): string[] {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.filter((item) => typeof item === 'string');
}

interface Broken {
  readonly offset: number | null;
  readonly line?: number;
  readonly column?: number;
  readonly reason: string;
}

type Parse = (
  text: string,
) => { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly broken: Broken };

/** Reads a JSON manifest. Null when it is gone, or broken, which is then noted with its place. */
export function readJson(tree: RepositoryTree, file: string, notices: Notices): Table | null {
  return readManifest(tree, file, notices, parseJson);
}

/** JSON with comments and trailing commas, as tsconfig.json, turbo.json and project.json may have. */
export function readJsonc(tree: RepositoryTree, file: string, notices: Notices): Table | null {
  return readManifest(tree, file, notices, parseJsonWithComments);
}

export function readToml(tree: RepositoryTree, file: string, notices: Notices): Table | null {
  return readManifest(tree, file, notices, parseToml);
}

export function readYaml(tree: RepositoryTree, file: string, notices: Notices): Table | null {
  return readManifest(tree, file, notices, parseYaml);
}

function readManifest(tree: RepositoryTree, file: string, notices: Notices, parse: Parse): Table | null {
  const text = tree.read(file);
  if (text === null) return null;
  const parsed = withinStack(parse, text);
  if (parsed.ok && isTable(parsed.value)) return parsed.value;
  const { reason, offset, line, column } = mergeIn(text) ?? (parsed.ok ? noTable : parsed.broken);
  const position =
    offset === null
      ? { ...(line !== undefined && { line }), ...(column !== undefined && { column }) }
      : positionAt(text, offset);
  const message = `cannot be used: ${reason}; what it says was left out, repair it and run this again`;
  notices.addGap(warning('MANIFEST_BROKEN', { file, ...position }, message));
  return null;
}

const noTable: Broken = { offset: null, reason: 'it must hold keys and values' };

/** Of both sides of a merge a parser says only what it does not understand. */
function mergeIn(text: string): Broken | null {
  const merge = unresolvedMerge(text);
  return merge === null ? null : { offset: null, line: merge.line, column: 1, reason: merge.message };
}

/** The parsers call themselves for what is nested: a manifest that is hostile, or broken, must not end us. */
function withinStack(parse: Parse, text: string): ReturnType<Parse> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, broken: { offset: null, reason: 'it nests too deeply' } };
  }
}

/** The engine's parser is the fastest; its message has no place, so a slower one says where it is broken. */
const parseJson: Parse = (text) => {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return parseStrictly(text);
  }
};

function parseStrictly(text: string): ReturnType<Parse> {
  const errors: ParseError[] = [];
  parseJsonc(text, errors, { disallowComments: true, allowTrailingComma: false });
  return { ok: false, broken: jsonTrouble(errors) };
}

const parseJsonWithComments: Parse = (text) => {
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  return errors.length === 0 ? { ok: true, value } : { ok: false, broken: jsonTrouble(errors) };
};

function jsonTrouble(errors: readonly ParseError[]): Broken {
  const [first] = errors;
  if (first === undefined) return { offset: null, reason: 'it is no JSON' };
  return { offset: first.offset, reason: `it is no JSON (${printParseErrorCode(first.error)})` };
}

const parseToml: Parse = (text) => {
  try {
    return { ok: true, value: parseTomlText(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    return {
      ok: false,
      broken: { offset: null, line, column, reason: `it is no TOML (${firstLine(error.message)})` },
    };
  }
};

const parseYaml: Parse = (text) => {
  const document = parseDocument(text, {
    lineCounter: new LineCounter(),
    prettyErrors: false,
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error === undefined) return valueOf(document);
  return {
    ok: false,
    broken: { offset: error.pos[0], reason: `it is no YAML (${firstLine(error.message)})` },
  };
};

/** Aliases are followed only here: one may lead nowhere, or they may multiply beyond bounds. */
function valueOf(document: ReturnType<typeof parseDocument>): ReturnType<Parse> {
  try {
    return { ok: true, value: document.toJS() as unknown };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { ok: false, broken: { offset: null, reason: `it is no YAML (${firstLine(error.message)})` } };
  }
}

function firstLine(text: string): string {
  return (
    text
      .replace(/^Invalid TOML document: /, '')
      .split('\n', 1)[0]
      ?.slice(0, 200) ?? ''
  );
}
