import {
  isAlias,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Scalar,
} from 'yaml';
import { quote } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { scopeFileBytesMax, tooLargeMessage } from '../limits.ts';
import { unresolvedMerge } from '../merge-conflict.ts';
import { errorAt, wholeFile, type Position, type ScopeProblemCode } from '../scopes/problems.ts';
import { hasTooManyMarks, tooDeepAt, yamlDepthMax, yamlMarksMax } from './yaml-cost.ts';

const aliasesMax = 100;
/** One broken line can make thousands of errors; more than this helps nobody. */
const problemsPerFileMax = 20;

/** A YAML file whose nodes can be asked for their place. */
export class YamlFile {
  /** Repository-relative, for messages. */
  readonly path: string;
  readonly document: Document;
  readonly lineCounter: LineCounter;

  constructor(path: string, document: Document, lineCounter: LineCounter) {
    this.path = path;
    this.document = document;
    this.lineCounter = lineCounter;
  }

  /** Where a node begins; the whole file for what has no place. */
  positionOf(node: unknown): Position {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    return offset === undefined ? wholeFile(this.path) : this.positionAt(offset);
  }

  positionAt(offset: number): Position {
    const { line, col } = this.lineCounter.linePos(offset);
    return { file: this.path, line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The node that an alias stands for; anything else unchanged. */
  resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }
}

export type ParsedYaml =
  | { readonly ok: true; readonly yaml: YamlFile }
  | { readonly ok: false; readonly problems: readonly ScopeProblem[] };

/**
 * Parses one YAML document out of bytes that nobody has vouched for. Refuses, before they can cost anything: more than
 * {@link scopeFileBytesMax}, other encodings than UTF-8, both sides of a merge, a crowd of small things, deep nesting, alias bombs, repeated
 * keys, several documents.
 */
export function parseYaml(path: string, bytes: Uint8Array): ParsedYaml {
  if (bytes.length > scopeFileBytesMax)
    return refuse('FILE_TOO_LARGE', wholeFile(path), tooLargeMessage(bytes.length));
  const text = decodeUtf8(bytes);
  if (text === null) return refuse('NOT_UTF8', wholeFile(path), `is not UTF-8 text: save it as UTF-8`);
  const merge = unresolvedMerge(text);
  if (merge !== null)
    return refuse('MERGE_CONFLICT', { file: path, line: merge.line, column: 1 }, merge.message);
  if (hasTooManyMarks(text)) return refuse('TOO_COMPLEX', wholeFile(path), tooComplexMessage);
  const deepLine = tooDeepAt(text);
  if (deepLine === null) return compose(path, text);
  const position = { file: path, line: deepLine, column: 1 };
  return refuse('TOO_DEEP', position, `nests deeper than ${yamlDepthMax} levels: flatten it`);
}

const tooComplexMessage = `has more than ${yamlMarksMax} lines, quotes, colons and brackets: move what is not about the scope elsewhere`;

function refuse(code: ScopeProblemCode, position: Position, message: string): ParsedYaml {
  return { ok: false, problems: [errorAt(code, position, message)] };
}

/** A byte order mark is dropped; a byte that is not UTF-8 gives null. */
function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function compose(path: string, text: string): ParsedYaml {
  const lineCounter = new LineCounter();
  // The library compares each key with every other of its map, which takes minutes for a megabyte of keys.
  const document = parseDocument(text, {
    lineCounter,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const yaml = new YamlFile(path, document, lineCounter);
  const problems = document.errors.slice(0, problemsPerFileMax).map((error) => syntaxProblem(yaml, error));
  if (problems.length === 0) problems.push(...structureProblems(yaml));
  return problems.length === 0 ? { ok: true, yaml } : { ok: false, problems };
}

function syntaxProblem(
  yaml: YamlFile,
  error: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
): ScopeProblem {
  const position = yaml.positionAt(error.pos[0]);
  if (error.code === 'MULTIPLE_DOCS')
    return errorAt(
      'SEVERAL_DOCUMENTS',
      position,
      `has several YAML documents: keep one, without '---' in between`,
    );
  const remedy = error.code === 'TAB_AS_INDENT' ? `: indent with spaces` : '';
  return errorAt('YAML_SYNTAX', position, `is not valid YAML: ${firstLine(error.message)}${remedy}`);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 200) ?? '';
}

/** What a single pass over all nodes can tell: repeated keys, too many aliases, aliases of nothing. */
function structureProblems(yaml: YamlFile): ScopeProblem[] {
  const problems: ScopeProblem[] = [];
  const report = (found: readonly ScopeProblem[]): symbol | undefined => {
    problems.push(...found.slice(0, problemsPerFileMax - problems.length));
    return problems.length < problemsPerFileMax ? undefined : visit.BREAK;
  };
  let aliases = 0;
  visit(yaml.document, {
    Alias: (_key, node) => {
      aliases += 1;
      if (aliases <= aliasesMax) return report(aliasProblems(yaml, node));
      problems.push(tooManyAliases(yaml, node));
      return visit.BREAK;
    },
    Map: (_key, map) => report(repeatedKeys(yaml, map.items)),
  });
  return problems;
}

function tooManyAliases(yaml: YamlFile, node: Alias): ScopeProblem {
  const message = `uses more than ${aliasesMax} aliases: write the values out`;
  return errorAt('TOO_MANY_ALIASES', yaml.positionOf(node), message);
}

function aliasProblems(yaml: YamlFile, node: Alias): ScopeProblem[] {
  if (node.resolve(yaml.document) !== undefined) return [];
  const message = `uses alias *${node.source.slice(0, 80)}, which no anchor above it defines`;
  return [errorAt('YAML_SYNTAX', yaml.positionOf(node), message)];
}

function repeatedKeys(yaml: YamlFile, items: readonly { readonly key: unknown }[]): ScopeProblem[] {
  const seen = new Set<unknown>();
  const problems: ScopeProblem[] = [];
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) problems.push(repeatedKey(yaml, key));
    seen.add(key.value);
  }
  return problems;
}

function repeatedKey(yaml: YamlFile, key: Scalar): ScopeProblem {
  const message = `key ${quote(String(key.value))} occurs twice: keep one`;
  return errorAt('DUPLICATE_KEY', yaml.positionOf(key), message);
}
