import { EdgePrint, hashEdge, keyOf } from './digest.ts';
import type { Model, Step } from './model.ts';

/** Steps of one walk. */
const walkLength = 6;

/** A state that was reached again, and how. */
export interface Repeat<State> {
  readonly state: State;
  readonly path: () => readonly string[];
}

/** What an audit found: the invariant, or null when the canonical text is at fault. */
export interface AuditFinding {
  readonly invariant: string | null;
  readonly evidence: string;
  readonly path: readonly string[];
}

/**
 * States of one canonical text count as one, so they must be able to do the same. An audit keeps some of those that were
 * reached again, in full, and takes a short walk from each at the end: every state on the way must have the edges of the
 * first state of its text, and all invariants must hold.
 */
export class Audit<State> {
  readonly #model: Model<State>;
  readonly #every: number;
  readonly #repeats: Repeat<State>[] = [];
  readonly #prints = new Map<string, number>();
  #seen = 0;

  /** Keeps every n-th repeat; 0: none. */
  constructor(model: Model<State>, every: number) {
    this.#model = model;
    this.#every = every;
  }

  /** Remembers the edges of an expanded state, given by its key. */
  noteEdges(key: string, print: EdgePrint): void {
    if (this.#every > 0) this.#prints.set(key, print.value);
  }

  noteRepeat(repeat: Repeat<State>): void {
    this.#seen += 1;
    if (this.#every > 0 && this.#seen % this.#every === 0) this.#repeats.push(repeat);
  }

  /** Takes the walks, when every state has been expanded. Null: all is well. */
  finding(): AuditFinding | null {
    for (const [number, repeat] of this.#repeats.entries()) {
      const found = this.#walk(repeat, number);
      if (found !== null) return found;
    }
    return null;
  }

  #walk({ state: start, path: pathToStart }: Repeat<State>, number: number): AuditFinding | null {
    const walked: string[] = [];
    let state = start;
    for (let steps = 0; steps < walkLength; steps += 1) {
      const path = [...pathToStart(), ...walked];
      const [violated] = violationsIn(this.#model, state);
      if (violated !== undefined) return { ...violated, path };
      const { key, print, moves } = this.#stepsOf(state);
      if (print.value !== this.#prints.get(key))
        return { invariant: null, evidence: 'can do other than the first state of this text', path };
      // Any choice will do; this one differs from walk to walk and is the same in every run.
      const move = moves[(number + 7 * steps) % moves.length];
      if (move === undefined) return null;
      walked.push(move.label);
      state = move.target;
    }
    return null;
  }

  #stepsOf(state: State): { key: string; print: EdgePrint; moves: Step<State>[] } {
    const source = keyOf(this.#model.canonical(state));
    const print = new EdgePrint();
    const known = new Set<string>();
    const moves: Step<State>[] = [];
    for (const step of this.#model.actions(state)) {
      const target = step.target === state ? source : keyOf(this.#model.canonical(step.target));
      const hashed = hashEdge(source, step.label, target);
      if (!known.has(hashed)) print.add(hashed);
      known.add(hashed);
      if (target !== source) moves.push(step);
    }
    return { key: source, print, moves };
  }
}

/** The invariants of a model that do not hold in a state. */
export function* violationsIn<State>(
  { invariants = {} }: Model<State>,
  state: State,
): Generator<{ invariant: string; evidence: string }> {
  for (const [invariant, evidenceAgainst] of Object.entries(invariants)) {
    const evidence = evidenceAgainst(state);
    if (evidence !== null) yield { invariant, evidence };
  }
}
