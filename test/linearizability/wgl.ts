/**
 * Linearizability by exhaustive search: Wing and Gong's algorithm with Lowe's memory of visited configurations
 * ("Testing for linearizability", 2017). Slow in general, fast on histories whose operations overlap little.
 */

/** One call and its answer, timed on one monotonic clock that all processes share. */
export interface Operation<Call, Answer> {
  readonly calledAt: number;
  /** Null: it never returned, so it took effect at some time after the call, or never. */
  readonly returnedAt: number | null;
  readonly call: Call;
  /** Null exactly when it never returned. */
  readonly answer: Answer | null;
}

/** What a single thread would see. */
export interface SequentialModel<State, Call, Answer> {
  readonly initial: State;
  /** The states in which the call may leave the model when it answers so; any answer is meant by null. */
  step(state: State, call: Call, answer: Answer | null): readonly State[];
  /** Equal exactly for equal states. */
  key(state: State): string;
}

/** Some operations have taken effect: all before `from`, and `ahead`, ascending, after it. */
interface Configuration<State> {
  readonly from: number;
  readonly ahead: readonly number[];
  readonly state: State;
}

/** Whether some order of the operations explains every answer and keeps what really came one after the other. */
export function isLinearizable<State, Call, Answer>(
  model: SequentialModel<State, Call, Answer>,
  operations: readonly Operation<Call, Answer>[],
): boolean {
  const history = [...operations].sort((a, b) => a.calledAt - b.calledAt);
  const seen = new Set<string>();
  const open: Configuration<State>[] = [{ from: 0, ahead: [], state: model.initial }];
  for (let reached = open.pop(); reached !== undefined; reached = open.pop()) {
    const next = candidates(history, reached);
    if (next.every((index) => history[index]?.returnedAt === null)) return true;
    for (const successor of next.flatMap((index) => successors(model, history, reached, index))) {
      const key = `${successor.from}|${successor.ahead.join()}|${model.key(successor.state)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(successor);
    }
  }
  return false;
}

/** Operations that may take effect next: not yet done, and called before any other of those returned. */
function candidates(
  history: readonly Operation<unknown, unknown>[],
  { from, ahead }: Configuration<unknown>,
): number[] {
  const found: number[] = [];
  let earliestReturn = Infinity;
  for (let index = from; index < history.length; index += 1) {
    const operation = history[index];
    if (operation === undefined || operation.calledAt > earliestReturn) break;
    if (ahead.includes(index)) continue;
    found.push(index);
    earliestReturn = Math.min(earliestReturn, operation.returnedAt ?? Infinity);
  }
  return found;
}

function successors<State, Call, Answer>(
  model: SequentialModel<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
  { from, ahead, state }: Configuration<State>,
  index: number,
): Configuration<State>[] {
  const operation = history[index];
  if (operation === undefined) return [];
  const done = [...ahead, index].sort((a, b) => a - b);
  let start = from;
  while (done[0] === start) {
    done.shift();
    start += 1;
  }
  const states = model.step(state, operation.call, operation.answer);
  return states.map((after) => ({ from: start, ahead: done, state: after }));
}
