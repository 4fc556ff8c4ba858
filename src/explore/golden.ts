import { hash } from 'node:crypto';
import { summaryDifferences, type GraphSummary } from './summary.ts';

/** A summary kept in the tree, with what it was made from: the yardstick of later runs. */
export interface Golden {
  /** Which model, for people. */
  readonly model: string;
  /** What produced it, for example the model checker and its version. */
  readonly source: string;
  /** SHA-256 (hex) of each file that it was produced from, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly graph: GraphSummary;
}

export function goldenOf(
  model: string,
  source: string,
  files: Readonly<Record<string, string>>,
  graph: GraphSummary,
): Golden {
  const hashes = Object.entries(files).map(([name, text]) => [name, hash('sha256', text, 'hex')] as const);
  return { model, source, files: Object.fromEntries(hashes), graph };
}

/** Reads what was written as JSON. Throws when it is no golden file. */
export function parseGolden(text: string): Golden {
  const golden = JSON.parse(text) as Golden;
  const isGolden =
    typeof golden.model === 'string' &&
    typeof golden.source === 'string' &&
    typeof golden.files === 'object' &&
    typeof golden.graph.edgeDigest === 'string';
  if (!isGolden) throw new TypeError('not a golden file: model, source, files or graph is missing');
  return golden;
}

/**
 * In what a graph differs from the golden one, and which of the files that made the golden one have changed since; one
 * line each, empty when all is as it was. `files` are the present texts by name.
 */
export function goldenDifferences(
  golden: Golden,
  files: Readonly<Record<string, string>>,
  graph: GraphSummary,
): string[] {
  return [...fileDifferences(golden, files), ...summaryDifferences(golden.graph, graph)];
}

function fileDifferences(golden: Golden, files: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(golden.files), ...Object.keys(files)]);
  return [...names].flatMap((name) => {
    const text = files[name];
    if (text === undefined) return [`${name} is gone, but the golden file was made from it`];
    if (golden.files[name] === undefined) return [`${name} was not there when the golden file was made`];
    return hash('sha256', text, 'hex') === golden.files[name]
      ? []
      : [`${name} has changed since the golden file was made`];
  });
}
