import { hashEdge, keyOf } from './digest.ts';
import type { GraphSink } from './model.ts';
import { Tally, type GraphSummary } from './summary.ts';

export interface Edge {
  readonly source: string;
  readonly label: string;
  readonly target: string;
}

/** Bounds the labels of one graph, so that an edge fits into one number. */
const labelsMax = 2 ** 20;

/** A labelled graph in memory: some 50 bytes for each edge, and the text of each state once. */
export class LabelledGraph implements GraphSink {
  readonly #states: string[] = [];
  readonly #labels: string[] = [];
  readonly #stateNumbers = new Map<string, number>();
  readonly #labelNumbers = new Map<string, number>();
  /** By source: target and label in one number. */
  readonly #edges: Set<number>[] = [];
  readonly #initial = new Set<number>();

  get states(): readonly string[] {
    return this.#states;
  }

  addInitial(state: string): void {
    this.#initial.add(this.#numberOf(state));
  }

  addEdge(source: string, label: string, target: string): void {
    const edge = this.#numberOf(target) * labelsMax + this.#labelNumberOf(label);
    this.#edges[this.#numberOf(source)]?.add(edge);
  }

  has({ source, label, target }: Edge): boolean {
    const [from, to] = [this.#stateNumbers.get(source), this.#stateNumbers.get(target)];
    const number = this.#labelNumbers.get(label);
    if (from === undefined || to === undefined || number === undefined) return false;
    return this.#edges[from]?.has(to * labelsMax + number) === true;
  }

  hasState(state: string): boolean {
    return this.#stateNumbers.has(state);
  }

  *edges(): Generator<Edge> {
    for (const [number, edges] of this.#edges.entries()) {
      const source = this.#states[number] ?? '';
      for (const edge of edges) {
        const label = this.#labels[edge % labelsMax] ?? '';
        yield { source, label, target: this.#states[Math.floor(edge / labelsMax)] ?? '' };
      }
    }
  }

  summary(): GraphSummary {
    const tally = new Tally();
    const keys = this.#states.map((state) => {
      const key = keyOf(state);
      tally.addState(key);
      return key;
    });
    for (const [number, edges] of this.#edges.entries())
      for (const edge of edges) {
        const label = this.#labels[edge % labelsMax] ?? '';
        const target = keys[Math.floor(edge / labelsMax)] ?? '';
        tally.addEdge(label, hashEdge(keys[number] ?? '', label, target));
      }
    return tally.summary(this.#depth());
  }

  #depth(): number {
    const seen = new Set(this.#initial);
    let level = [...seen];
    let depth = 0;
    for (; level.length > 0; depth += 1) level = this.#successorsOf(level, seen);
    return depth;
  }

  #successorsOf(level: readonly number[], seen: Set<number>): number[] {
    const next: number[] = [];
    for (const source of level)
      for (const edge of this.#edges[source] ?? []) {
        const target = Math.floor(edge / labelsMax);
        if (seen.has(target)) continue;
        seen.add(target);
        next.push(target);
      }
    return next;
  }

  #numberOf(state: string): number {
    const known = this.#stateNumbers.get(state);
    if (known !== undefined) return known;
    this.#stateNumbers.set(state, this.#states.length);
    this.#edges.push(new Set());
    return this.#states.push(state) - 1;
  }

  #labelNumberOf(label: string): number {
    const known = this.#labelNumbers.get(label);
    if (known !== undefined) return known;
    if (this.#labels.length === labelsMax) throw new RangeError(`more than ${labelsMax} different labels`);
    this.#labelNumbers.set(label, this.#labels.length);
    return this.#labels.push(label) - 1;
  }
}

/** How two graphs differ. */
export interface GraphDifferences {
  readonly isSame: boolean;
  /** States and edges that only one of them has: how many, and the first few. */
  readonly onlyLeft: OneSided;
  readonly onlyRight: OneSided;
}

export interface OneSided {
  readonly states: number;
  readonly edges: number;
  readonly someStates: readonly string[];
  readonly someEdges: readonly Edge[];
}

/** Compares two graphs edge by edge, and shows at most `shown` states and edges of each side. */
export function compareGraphs(left: LabelledGraph, right: LabelledGraph, shown = 10): GraphDifferences {
  const onlyLeft = missingFrom(right, left, shown);
  const onlyRight = missingFrom(left, right, shown);
  const isSame = [onlyLeft, onlyRight].every(({ states, edges }) => states + edges === 0);
  return { isSame, onlyLeft, onlyRight };
}

function missingFrom(graph: LabelledGraph, other: LabelledGraph, shown: number): OneSided {
  const someStates: string[] = [];
  const someEdges: Edge[] = [];
  let states = 0;
  let edges = 0;
  for (const state of other.states)
    if (!graph.hasState(state) && (states += 1) <= shown) someStates.push(state);
  for (const edge of other.edges()) if (!graph.has(edge) && (edges += 1) <= shown) someEdges.push(edge);
  return { states, edges, someStates, someEdges };
}
