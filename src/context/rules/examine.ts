import { entriesOf, type ContextEntry } from '../entries.ts';
import type { ContextKind } from '../kinds.ts';
import { readContext } from '../read.ts';
import type { YamlFile } from '../../repository/yaml/index.ts';
import { unknownAround, type ContextAround } from './around.ts';
import { checkEntries } from './check-entries.ts';
import { categoriesOf, checkTop, type Top } from './check-top.ts';
import { designOf, type ContextDesign } from './design.ts';
import { Nodes } from './nodes.ts';
import { Findings, type ContextProblem } from './problems.ts';

/** What is in a context file, and what is wrong with it. */
export interface ContextReport {
  readonly design: ContextDesign;
  /** Null: it is no YAML, or too much of it. */
  readonly yaml: YamlFile | null;
  readonly entries: readonly ContextEntry[];
  /** By their places. */
  readonly problems: readonly ContextProblem[];
}

/**
 * Reads a context file of bytes that nobody has vouched for. An error is what no reader of either design could make sense of, or
 * what upstream refuses; a warning what is meant is clear of, though upstream would stumble over it, or what its schemas advise against.
 * `path` is only for messages. Never throws.
 */
export function examineContext(
  path: string,
  kind: ContextKind,
  bytes: Uint8Array,
  around: ContextAround = unknownAround,
): ContextReport {
  const read = readContext(path, bytes);
  if (!read.ok) {
    const whole = { file: path, entry: null, severity: 'error' } as const;
    const problems = read.problems.map((problem) => ({ ...problem, ...whole }));
    return { design: 'none', yaml: null, entries: [], problems };
  }
  const { yaml } = read;
  const nodes = new Nodes(yaml);
  const findings = new Findings(path);
  const top: Top = { nodes, findings, kind, pairs: nodes.pairsOf(yaml.document.contents) };
  checkTop(top);
  const entries = entriesOf(yaml, kind);
  const references = { around, kind, ownIds: idsIn(entries), categories: categoriesOf(top) };
  checkEntries({ nodes, findings, references, checked: new Map() }, kind, entries);
  return { design: designOf(kind, top.pairs), yaml, entries, problems: findings.all };
}

/** What is wrong with a context file; see {@link examineContext}. */
export function checkContext(
  path: string,
  kind: ContextKind,
  bytes: Uint8Array,
  around?: ContextAround,
): readonly ContextProblem[] {
  return examineContext(path, kind, bytes, around).problems;
}

export function idsIn(entries: readonly ContextEntry[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ id }) => id ?? []));
}
