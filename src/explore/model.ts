/** A state machine as the explorer sees it: where it starts, what it can do, and when two states are the same. */
export interface Model<State> {
  readonly initial: readonly State[];
  /**
   * Every step that the machine can take in a state. States are never changed: a step brings a new one, or the same
   * one when nothing changes. Repeats are counted once.
   */
  readonly actions: (state: State) => Iterable<Step<State>>;
  /**
   * The state as text. Two states with the same text are one node of the graph, so they must have the same steps to the
   * same texts; `auditEvery` looks for states that have not.
   */
  readonly canonical: (state: State) => string;
  /** By name: null when it holds in a state, else the evidence that it does not. */
  readonly invariants?: Readonly<Record<string, (state: State) => string | null>>;
  /** By name: null when a step may lead from one state to the other, else the evidence that it may not. */
  readonly stepInvariants?: Readonly<Record<string, StepInvariant<State>>>;
}

export interface Step<State> {
  /** The action with its arguments, for example `acquire(p1)`. */
  readonly label: string;
  readonly target: State;
}

export type StepInvariant<State> = (source: State, label: string, target: State) => string | null;

/** The name under which an edge is counted: its label without the arguments, `acquire(p1)!busy` -> `acquire!busy`. */
export function actionOf(label: string): string {
  const open = label.indexOf('(');
  return open < 0 ? label : label.slice(0, open) + label.slice(label.lastIndexOf(')') + 1);
}

/** Receives a graph as it is found. */
export interface GraphSink {
  addInitial(state: string): void;
  /** An edge may be told more than once. */
  addEdge(source: string, label: string, target: string): void;
}
