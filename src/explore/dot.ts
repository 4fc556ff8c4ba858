import type { GraphSink } from './model.ts';

/** How what a dump prints is called in the graph that it is read into. */
export interface DotNames {
  /** The canonical text of a printed state, for example of `/\ x = 1 /\ y = {}`; line breaks are blanks already. */
  readonly stateOf?: (printed: string) => string;
  /** The label of an edge, from the name of its action; null: the edge is not part of the graph. */
  readonly labelOf?: (printed: string) => string | null;
}

const nodePattern = /^(-?\d+) \[label="((?:[^"\\]|\\.)*)"(,style = filled)?/;
const edgePattern = /^(-?\d+) -> (-?\d+)(?: \[label="((?:[^"\\]|\\.)*)")?/;

/**
 * Reads the state graph that TLC writes with `-dump dot,actionlabels`, line by line, and tells it to a sink. TLC 2.18
 * labels an edge with its action only, later versions with the arguments as well. Throws a SyntaxError when an edge
 * leads to a state that the dump does not show.
 */
export async function readDot(
  lines: AsyncIterable<string> | Iterable<string>,
  sink: GraphSink,
  names: DotNames = {},
): Promise<void> {
  const { stateOf = asPrinted, labelOf = asPrinted } = names;
  const states = new Map<string, string>();
  // An edge to a new state stands before that state.
  const early: string[] = [];
  for await (const line of lines) {
    const [, id, printed, isInitial] = nodePattern.exec(line) ?? [];
    if (id === undefined || printed === undefined) {
      if (!tellEdge(line)) early.push(line);
      continue;
    }
    const state = states.get(id) ?? stateOf(unescape(printed));
    states.set(id, state);
    if (isInitial !== undefined) sink.addInitial(state);
  }
  for (const line of early)
    if (!tellEdge(line)) throw new SyntaxError(`the dump does not show both states of ${line}`);

  function tellEdge(line: string): boolean {
    const [, from, to, printed] = edgePattern.exec(line) ?? [];
    if (from === undefined || to === undefined) return true;
    const [source, target] = [states.get(from), states.get(to)];
    if (source === undefined || target === undefined) return false;
    const label = labelOf(unescape(printed ?? ''));
    if (label !== null) sink.addEdge(source, label, target);
    return true;
  }
}

const asPrinted = (text: string): string => text;

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? ' ' : escaped));
}
