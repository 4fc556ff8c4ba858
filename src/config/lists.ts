import { isAlias, isMap, isScalar, isSeq, type Document } from 'yaml';
import { parsePattern, patternsMax, quote } from '../core/index.ts';
import type { ConfigProblemCode } from './loaded.ts';
import type { PatternsOption, ScopesOption } from './option.ts';

/** The value of an option that is a list, and what is wrong with its entries, each with the node that it stands in. */
export interface ListReading {
  readonly value: readonly string[];
  readonly problems: readonly ListProblem[];
}

interface ListProblem {
  readonly code: ConfigProblemCode;
  readonly problem: string;
  readonly node: unknown;
}

/** More of them would help nobody: somebody has put something else there. */
const problemsMax = 20;

/** Reads a list of patterns, or the folders of scopes. Nothing at all is an empty list. */
export function readListOption(
  document: Document,
  option: PatternsOption | ScopesOption,
  value: unknown,
): ListReading {
  const node = resolved(document, value);
  if (isNothing(node)) return { value: [], problems: [] };
  return option.type === 'patterns' ? readPatterns(document, option, node) : readFolders(option, node);
}

function readPatterns(document: Document, option: PatternsOption, node: unknown): ListReading {
  const items: readonly unknown[] = isSeq(node) ? node.items : [node];
  if (items.length > patternsMax) {
    const problem = `${option.key} has ${items.length} patterns: at most ${patternsMax} are read, write some with ** or {a,b}`;
    return { value: [], problems: [{ code: 'CONFIG_OUT_OF_BOUNDS', problem, node }] };
  }
  const read = items.map((item) => readPattern(option, resolved(document, item), item));
  return {
    value: read.flatMap((one) => (typeof one === 'string' ? [one] : [])),
    problems: read.filter((one) => typeof one !== 'string').slice(0, problemsMax),
  };
}

function readPattern(option: PatternsOption, node: unknown, written: unknown): string | ListProblem {
  if (!isScalar(node) || typeof node.value !== 'string') {
    const problem = `${option.key} must be a list of texts: write ${option.example}`;
    return { code: 'CONFIG_WRONG_TYPE', problem, node: written };
  }
  const parsed = parsePattern(node.value);
  if (parsed.ok) return parsed.pattern.text;
  const problem = `${option.key}: the pattern ${quote(node.value)} ${parsed.problem}`;
  return { code: 'CONFIG_WRONG_TYPE', problem, node: written };
}

/** What is said of each folder is looked at by whoever reads the scopes. */
function readFolders(option: ScopesOption, node: unknown): ListReading {
  if (!isMap(node)) {
    const problem = `${option.key} must hold folders and what is said of them: write ${option.example}`;
    return { value: [], problems: [{ code: 'CONFIG_NOT_A_MAP', problem, node }] };
  }
  return { value: node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '?')), problems: [] };
}

function resolved(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}
