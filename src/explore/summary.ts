import { bytesOfKey, SetDigest } from './digest.ts';
import { actionOf } from './model.ts';

/** What identifies a labelled graph: two graphs are the same exactly when their summaries are. */
export interface GraphSummary {
  readonly states: number;
  /** Distinct labelled edges: source, label and target. */
  readonly edges: number;
  /** States on the longest of the shortest paths, as TLC counts: 1 when there are only initial states. */
  readonly depth: number;
  /** Edges by action (see {@link actionOf}), in order of name. */
  readonly coverage: Readonly<Record<string, number>>;
  /** Order-independent digest of the states, 32 hexadecimal digits. */
  readonly stateDigest: string;
  /** Order-independent digest of the labelled edges, 32 hexadecimal digits. */
  readonly edgeDigest: string;
}

/** Makes a summary while a graph is found. */
export class Tally {
  #states = 0;
  #edges = 0;
  readonly #labels = new Map<string, number>();
  readonly #stateDigest = new SetDigest();
  readonly #edgeDigest = new SetDigest();

  get states(): number {
    return this.#states;
  }

  get edges(): number {
    return this.#edges;
  }

  /** Counts a state, given by its key; the caller does so once for each. */
  addState(key: string): void {
    this.#states += 1;
    this.#stateDigest.add(bytesOfKey(key));
  }

  /** Counts an edge, given with its hash; the caller does so once for each. */
  addEdge(label: string, hashed: string): void {
    this.#edges += 1;
    this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
    this.#edgeDigest.add(hashed);
  }

  summary(depth: number): GraphSummary {
    return {
      states: this.#states,
      edges: this.#edges,
      depth,
      coverage: this.#coverage(),
      stateDigest: this.#stateDigest.toString(),
      edgeDigest: this.#edgeDigest.toString(),
    };
  }

  #coverage(): Record<string, number> {
    const actions = new Map<string, number>();
    for (const [label, edges] of this.#labels)
      actions.set(actionOf(label), (actions.get(actionOf(label)) ?? 0) + edges);
    return Object.fromEntries([...actions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** In what two summaries differ, one line each; empty when they are the same. */
export function summaryDifferences(expected: GraphSummary, found: GraphSummary): string[] {
  const differences: string[] = [];
  const compare = (what: string, left: number | string, right: number | string): void => {
    if (left !== right) differences.push(`${what}: ${right} instead of ${left}`);
  };
  for (const key of ['states', 'edges', 'depth'] as const) compare(key, expected[key], found[key]);
  for (const action of new Set([...Object.keys(expected.coverage), ...Object.keys(found.coverage)]))
    compare(`edges of ${action}`, expected.coverage[action] ?? 0, found.coverage[action] ?? 0);
  for (const key of ['stateDigest', 'edgeDigest'] as const) compare(key, expected[key], found[key]);
  return differences;
}
