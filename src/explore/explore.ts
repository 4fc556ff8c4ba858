import { hashText } from './digest.ts';
import type { GraphSink, Model, Step } from './model.ts';
import { Tally, type GraphSummary } from './summary.ts';

export interface ExploreOptions {
  /** Stops, incomplete, once this many states are known. */
  readonly statesMax?: number;
  /** Stops, incomplete, at this depth; the initial states are at depth 1. */
  readonly depthMax?: number;
  /**
   * Looks closer at every n-th state that is reached again: whether its invariants hold and, while the first of its
   * kind is not expanded, whether both have the same edges. 0, the default: never.
   */
  readonly auditEvery?: number;
  /** Is told the whole graph, in breadth-first order. */
  readonly sink?: GraphSink;
  /** Called after each level. */
  readonly onLevel?: (progress: { depth: number; states: number; edges: number }) => void;
}

export interface Exploration {
  /** Of what was found; of the whole graph when {@link isComplete}. */
  readonly summary: GraphSummary;
  /** Whether the search ended because nothing was left: no violation, no limit reached. */
  readonly isComplete: boolean;
  /** The first invariant that was found not to hold, by a shortest path. */
  readonly violation: Counterexample | null;
  /** States that no step leaves, and a shortest path to one. */
  readonly terminals: { readonly count: number; readonly path: readonly string[] | null };
}

export interface Counterexample {
  /** The invariant's name; {@link actionsInvariant} or {@link canonicalInvariant} when the model itself is at fault. */
  readonly invariant: string;
  readonly evidence: string;
  /** Labels from an initial state on. */
  readonly path: readonly string[];
}

/** Violated when listing the steps of a state throws. */
export const actionsInvariant = 'actions';
/** Violated when two states of the same canonical text have different edges; looked for with `auditEvery`. */
export const canonicalInvariant = 'canonical';

/**
 * Walks breadth-first through everything that a model can reach. Kept are a key of 43 characters for each state, and in
 * full only the states of the present level and the next.
 */
export function explore<State>(model: Model<State>, options: ExploreOptions = {}): Exploration {
  return new Search(model, options).run();
}

interface Node<State> {
  readonly number: number;
  readonly key: string;
  readonly canonical: string;
  readonly state: State;
}

const noParent = -1;

class Search<State> {
  readonly #model: Model<State>;
  readonly #options: ExploreOptions;
  readonly #tally = new Tally();
  readonly #numbers = new Map<string, number>();
  /** By number of a state: the state from which, and the label through which it was first reached. */
  readonly #parents: number[] = [];
  readonly #labels: string[] = [];
  /** By number: another state of the same canonical text, to be compared on expansion. */
  readonly #repeats = new Map<number, State>();
  #repeatCount = 0;
  #next: Node<State>[] = [];
  #expanded = 0;
  #depth = 0;
  #isCut = false;
  #violation: Counterexample | null = null;
  #terminals = 0;
  #terminal: number | null = null;

  constructor(model: Model<State>, options: ExploreOptions) {
    this.#model = model;
    this.#options = options;
  }

  run(): Exploration {
    for (const state of this.#model.initial) {
      const { canonical } = this.#visit(state, noParent, '');
      this.#options.sink?.addInitial(canonical);
    }
    while (this.#next.length > 0 && !this.#isStopped()) this.#expandLevel();
    const path = this.#terminal === null ? null : this.#pathTo(this.#terminal);
    return {
      summary: this.#tally.summary(this.#depth),
      isComplete: !this.#isStopped(),
      violation: this.#violation,
      terminals: { count: this.#terminals, path },
    };
  }

  #isStopped(): boolean {
    return this.#isCut || this.#violation !== null;
  }

  #expandLevel(): void {
    const level = this.#next;
    this.#next = [];
    this.#depth += 1;
    if (this.#depth === this.#options.depthMax) {
      this.#isCut = true;
      return;
    }
    for (const node of level) {
      this.#tryToExpand(node);
      if (this.#isStopped()) return;
    }
    const { states, edges } = this.#tally;
    this.#options.onLevel?.({ depth: this.#depth, states, edges });
  }

  #tryToExpand(node: Node<State>): void {
    try {
      this.#expand(node);
      this.#audit(node);
    } catch (error) {
      const evidence = error instanceof Error ? error.message : String(error);
      this.#report(actionsInvariant, evidence, this.#pathTo(node.number));
    }
    this.#expanded += 1;
  }

  #expand(source: Node<State>): void {
    const known = new Set<string>();
    let leaves = false;
    for (const step of this.#model.actions(source.state)) {
      const { label } = step;
      const target = step.target === source.state ? source : this.#visit(step.target, source.number, label);
      if (this.#violation !== null) return;
      if (target.number !== source.number) leaves = true;
      const edge = `${label} ${target.key}`;
      if (known.has(edge)) continue;
      known.add(edge);
      this.#tally.addEdge(source.key, label, target.key);
      this.#options.sink?.addEdge(source.canonical, label, target.canonical);
      this.#checkStep(source, step);
    }
    if (leaves) return;
    this.#terminals += 1;
    this.#terminal ??= source.number;
  }

  /** The node of a state; a new one is checked and queued for expansion. */
  #visit(state: State, parent: number, label: string): Node<State> {
    const canonical = this.#model.canonical(state);
    const hashed = hashText(canonical);
    const { key } = hashed;
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      const repeat = { number: known, key, canonical, state };
      this.#noteRepeat(repeat);
      return repeat;
    }
    const node = { number: this.#parents.length, key, canonical, state };
    this.#numbers.set(key, node.number);
    this.#parents.push(parent);
    this.#labels.push(label);
    this.#tally.addState(hashed);
    this.#next.push(node);
    if (this.#tally.states === this.#options.statesMax) this.#isCut = true;
    this.#checkState(node);
    return node;
  }

  #checkState({ number, state }: Node<State>): void {
    for (const [name, evidenceAgainst] of Object.entries(this.#model.invariants ?? {})) {
      const evidence = evidenceAgainst(state);
      if (evidence !== null) this.#report(name, evidence, this.#pathTo(number));
    }
  }

  #checkStep(source: Node<State>, { label, target }: Step<State>): void {
    for (const [name, evidenceAgainst] of Object.entries(this.#model.stepInvariants ?? {})) {
      const evidence = evidenceAgainst(source.state, label, target);
      if (evidence !== null) this.#report(name, evidence, [...this.#pathTo(source.number), label]);
    }
  }

  /** Two states of one canonical text may still differ in what the text leaves out. */
  #noteRepeat(node: Node<State>): void {
    const every = this.#options.auditEvery ?? 0;
    this.#repeatCount += 1;
    if (every === 0 || this.#repeatCount % every !== 0) return;
    this.#checkState(node);
    if (node.number >= this.#expanded) this.#repeats.set(node.number, node.state);
  }

  /** A state and its repeat must have the same edges, or their canonical text leaves out something that matters. */
  #audit(node: Node<State>): void {
    const repeat = this.#repeats.get(node.number);
    if (repeat === undefined) return;
    this.#repeats.delete(node.number);
    const edges = this.#edgesOf(node.state);
    const others = this.#edgesOf(repeat);
    const difference =
      [...edges].find((edge) => !others.has(edge)) ?? [...others].find((edge) => !edges.has(edge));
    if (difference !== undefined)
      this.#report(
        canonicalInvariant,
        `only one of two repeats has ${difference}`,
        this.#pathTo(node.number),
      );
  }

  #edgesOf(state: State): Set<string> {
    const edges = new Set<string>();
    for (const { label, target } of this.#model.actions(state))
      edges.add(`${label} -> ${this.#model.canonical(target)}`);
    return edges;
  }

  #report(invariant: string, evidence: string, path: readonly string[]): void {
    this.#violation ??= { invariant, evidence, path };
  }

  #pathTo(number: number): string[] {
    const path: string[] = [];
    for (let at = number; this.#parents[at] !== noParent; at = this.#parents[at] ?? noParent)
      path.push(this.#labels[at] ?? '');
    return path.reverse();
  }
}
