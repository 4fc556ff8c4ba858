import { Audit, violationsIn } from './audit.ts';
import { EdgePrint, hashEdge, keyOf } from './digest.ts';
import type { GraphSink, Model, Step, StepInvariant } from './model.ts';
import { Tally, type GraphSummary } from './summary.ts';

export interface ExploreOptions {
  /** Stops, incomplete, once this many states are known. */
  readonly statesMax?: number;
  /** Stops, incomplete, at this depth; the initial states are at depth 1. */
  readonly depthMax?: number;
  /**
   * Takes a walk from every n-th state that is reached again, comparing what can be done on the way with what was found
   * for the first state of each text: so what the canonical text wrongly leaves out shows. These states are kept in full
   * until the end. 0, the default: none.
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
  /** The first invariant that was found not to hold, by a shortest path; by any path when an audit found it. */
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
/** Violated when two states of one canonical text have different edges; looked for with `auditEvery`. */
export const canonicalInvariant = 'canonical';

/**
 * Walks breadth-first through everything that a model can reach. Kept are a key of 43 characters for each state, and in
 * full only the states of the present level and the next.
 */
export function explore<State>(model: Model<State>, options: ExploreOptions = {}): Exploration {
  return new Search(model, options).run();
}

interface Node<State> {
  /** In order of finding. */
  readonly number: number;
  readonly key: string;
  readonly canonical: string;
  readonly state: State;
}

/** How a state was reached. */
interface Origin {
  /** Number of the state before. */
  readonly parent: number;
  readonly label: string;
}

const noParent = -1;

class Search<State> {
  readonly #model: Model<State>;
  readonly #options: ExploreOptions;
  readonly #tally = new Tally();
  readonly #numbers = new Map<string, number>();
  /** By number of a state: how it was first reached, in two lists to be lean. */
  readonly #parents: number[] = [];
  readonly #labels: string[] = [];
  readonly #stepInvariants: readonly (readonly [string, StepInvariant<State>])[];
  readonly #audit: Audit<State>;
  #next: Node<State>[] = [];
  #depth = 0;
  #isCut = false;
  #violation: Counterexample | null = null;
  #terminals = 0;
  #terminal: number | null = null;

  constructor(model: Model<State>, options: ExploreOptions) {
    this.#model = model;
    this.#options = options;
    this.#stepInvariants = Object.entries(model.stepInvariants ?? {});
    this.#audit = new Audit(model, options.auditEvery ?? 0);
  }

  run(): Exploration {
    for (const state of this.#model.initial) {
      const { canonical } = this.#visit(state, { parent: noParent, label: '' });
      this.#options.sink?.addInitial(canonical);
    }
    while (this.#next.length > 0 && !this.#isStopped()) this.#expandLevel();
    if (!this.#isStopped()) this.#takeAudit();
    const path = this.#terminal === null ? null : this.#pathTo(this.#originOf(this.#terminal));
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
    } catch (error) {
      this.#report(actionsInvariant, messageOf(error), this.#pathTo(this.#originOf(node.number)));
    }
  }

  #expand(source: Node<State>): void {
    const known = new Set<string>();
    const print = new EdgePrint();
    let leaves = false;
    for (const step of this.#model.actions(source.state)) {
      const { label } = step;
      const origin = { parent: source.number, label };
      const target = step.target === source.state ? source : this.#visit(step.target, origin);
      if (this.#violation !== null) return;
      if (target.number !== source.number) leaves = true;
      const hashed = hashEdge(source.key, label, target.key);
      if (known.has(hashed)) continue;
      known.add(hashed);
      print.add(hashed);
      this.#tally.addEdge(label, hashed);
      this.#options.sink?.addEdge(source.canonical, label, target.canonical);
      this.#checkStep(source, step);
    }
    if (!leaves) this.#noteTerminal(source);
    this.#audit.noteEdges(source.key, print);
  }

  #noteTerminal({ number }: Node<State>): void {
    this.#terminals += 1;
    this.#terminal ??= number;
  }

  /** The node of a state; a new one is checked and queued for expansion. */
  #visit(state: State, origin: Origin): Node<State> {
    const canonical = this.#model.canonical(state);
    const key = keyOf(canonical);
    const known = this.#numbers.get(key);
    const node = { number: known ?? this.#parents.length, key, canonical, state };
    if (known === undefined) {
      this.#tally.addState(key);
      this.#addNode(node, origin);
    } else this.#audit.noteRepeat({ state, path: () => this.#pathTo(origin) });
    return node;
  }

  #addNode(node: Node<State>, origin: Origin): void {
    this.#numbers.set(node.key, node.number);
    this.#parents.push(origin.parent);
    this.#labels.push(origin.label);
    this.#next.push(node);
    if (this.#tally.states === this.#options.statesMax) this.#isCut = true;
    this.#checkState(node.state, origin);
  }

  // What must hold.

  #checkState(state: State, origin: Origin): void {
    for (const { invariant, evidence } of violationsIn(this.#model, state))
      this.#report(invariant, evidence, this.#pathTo(origin));
  }

  #checkStep(source: Node<State>, { label, target }: Step<State>): void {
    for (const [name, evidenceAgainst] of this.#stepInvariants) {
      const evidence = evidenceAgainst(source.state, label, target);
      if (evidence !== null) this.#report(name, evidence, this.#pathTo({ parent: source.number, label }));
    }
  }

  #takeAudit(): void {
    try {
      const finding = this.#audit.finding();
      if (finding !== null)
        this.#report(finding.invariant ?? canonicalInvariant, finding.evidence, finding.path);
    } catch (error) {
      this.#report(actionsInvariant, `in an audit: ${messageOf(error)}`, []);
    }
  }

  #report(invariant: string, evidence: string, path: readonly string[]): void {
    this.#violation ??= { invariant, evidence, path };
  }

  #originOf(number: number): Origin {
    return { parent: this.#parents[number] ?? noParent, label: this.#labels[number] ?? '' };
  }

  #pathTo(origin: Origin): string[] {
    const path: string[] = [];
    for (let at = origin; at.parent !== noParent; at = this.#originOf(at.parent)) path.push(at.label);
    return path.reverse();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
