import { hashEdge, keyOf } from './digest.ts';
import type { GraphSink } from './model.ts';
import { Tally, type GraphSummary } from './summary.ts';

const linePattern = /^"?(INIT|EDGE) (.*?)"?$/;

/**
 * Reads a graph that a model checker printed among its other output: `INIT <state>` and `EDGE <label> <source> <target>`,
 * each on a line of its own, possibly quoted, the texts without blanks. Other lines are passed to `other`. Throws a
 * SyntaxError when such a line has another number of texts.
 */
export async function readEdgeList(
  lines: AsyncIterable<string> | Iterable<string>,
  sink: GraphSink,
  other: (line: string) => void = () => undefined,
): Promise<void> {
  for await (const line of lines) {
    const [, kind, rest] = linePattern.exec(line) ?? [];
    if (kind === undefined || rest === undefined) other(line);
    else tellLine(kind, rest.split(' '), sink);
  }
}

function tellLine(kind: string, texts: readonly string[], sink: GraphSink): void {
  const [first, source, target] = texts;
  const isInitial = kind === 'INIT';
  if (first === undefined || texts.length !== (isInitial ? 1 : 3))
    throw new SyntaxError(`${texts.length} texts after ${kind}: ${texts.join(' ')}`);
  if (isInitial) sink.addInitial(first);
  else if (source !== undefined && target !== undefined) sink.addEdge(source, first, target);
}

/**
 * Sums up a graph as it is told, keeping no edge and a key for each state. The teller must go breadth-first and tell
 * each labelled edge once; a {@link LabelledGraph} needs neither, and more memory.
 */
export class StreamedGraph implements GraphSink {
  readonly #tally = new Tally();
  readonly #depths = new Map<string, number>();
  #depth = 0;
  /** Edges from one source come together. */
  #source = { text: '', key: '' };

  addInitial(state: string): void {
    this.#noteState(state, 1);
  }

  addEdge(source: string, label: string, target: string): void {
    if (source !== this.#source.text) this.#source = { text: source, key: this.#noteState(source, 1) };
    const { key } = this.#source;
    const reached = target === source ? key : this.#noteState(target, (this.#depths.get(key) ?? 0) + 1);
    this.#tally.addEdge(label, hashEdge(key, label, reached));
  }

  summary(): GraphSummary {
    return this.#tally.summary(this.#depth);
  }

  #noteState(state: string, depth: number): string {
    const key = keyOf(state);
    if (this.#depths.has(key)) return key;
    this.#depths.set(key, depth);
    this.#tally.addState(key);
    if (depth > this.#depth) this.#depth = depth;
    return key;
  }
}
