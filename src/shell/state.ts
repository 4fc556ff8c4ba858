import type { Function as FunctionNode } from 'unbash';
import type { Field } from './fields.ts';

/** What is known when a command is run. */
export interface State {
  /** The working folder; null: not known. */
  folder: string | null;
  /** The one before, for `cd -`. */
  previous: string | null;
  /** Those that `popd` goes back to. */
  stack: readonly (string | null)[];
  /** Variables that this command line has set; any other is not known. */
  readonly variables: Map<string, readonly Field[]>;
  /** `$1`, `$2`, ...; null: not known. */
  args: readonly Field[] | null;
  readonly functions: Map<string, FunctionNode>;
  /** That nothing comes after, for `exit`; or nothing in this turn of a loop, or in this loop. */
  ended: 'all' | 'loop' | 'turn' | null;
}

export const firstState = (): State => ({
  folder: '.',
  previous: null,
  stack: [],
  variables: new Map(),
  args: null,
  functions: new Map(),
  ended: null,
});

/** As a subshell has it: what it changes is its own. */
export const copyOf = (state: State): State => ({
  ...state,
  variables: new Map(state.variables),
  functions: new Map(state.functions),
});

/** Goes on with what another came to. */
export function become(state: State, other: State): void {
  const { variables, functions } = other;
  for (const [own, its] of [
    [state.variables, variables],
    [state.functions, functions],
  ] as const) {
    if (own === its) continue;
    own.clear();
    for (const [name, value] of its) (own as Map<string, unknown>).set(name, value);
  }
  state.folder = other.folder;
  state.previous = other.previous;
  state.stack = other.stack;
  state.args = other.args;
  state.ended = other.ended;
}

/** Where ways meet: what they do not agree on is not known. */
export function meet(state: State, ways: readonly State[]): void {
  const open = ways.filter(({ ended }) => ended === null);
  const [first, ...rest] = open.length > 0 ? open : ways;
  if (first === undefined) return;
  const met = copyOf(first);
  for (const way of rest) {
    if (met.folder !== way.folder) met.folder = null;
    if (met.previous !== way.previous) met.previous = null;
    if (met.stack.join('\n') !== way.stack.join('\n')) met.stack = [];
    if (JSON.stringify(met.args) !== JSON.stringify(way.args)) met.args = null;
    if (met.ended !== way.ended) met.ended = 'turn';
    for (const [name, value] of met.variables)
      if (JSON.stringify(way.variables.get(name)) !== JSON.stringify(value)) met.variables.delete(name);
    for (const [name, node] of way.functions) met.functions.set(name, node);
  }
  become(state, met);
}
