import type { GraphSink } from './model.ts';

/** How a large graph is looked at: which part of a state, and what its labels are called. */
export interface View {
  /** The part of a state that is shown, as the name of a node; null: states without such a part are left out. */
  readonly nodeOf: (state: string) => string | null;
  /** What else makes a step worth showing, though it leads from a node to itself, for example who holds the lock. */
  readonly detailOf?: (state: string) => string;
  /** What a step is called, `acquire(p1)` -> `acquire by p1`; null: it is left out. Default: the label. */
  readonly nameOf?: (label: string) => string | null;
}

/** All steps from one node to another. */
export interface ProjectedEdge {
  readonly source: string;
  readonly target: string;
  /** What causes it, in order. */
  readonly names: readonly string[];
}

/**
 * A picture of a graph that is too large to draw: states that look the same in a view are one node, steps between two
 * nodes one edge, and steps that change nothing of what is looked at are left out. Nothing is drawn that is not there:
 * behind each name of an edge is a step between two states that were reached. Takes any number of graphs, each in views
 * of its own, and merges them.
 */
export class Projection {
  readonly #initial = new Set<string>();
  /** By source and target, in JSON. */
  readonly #names = new Map<string, Set<string>>();

  /** Receives a graph and adds what a view shows of it. */
  sink(view: View): GraphSink {
    return {
      addInitial: (state) => {
        const node = view.nodeOf(state);
        if (node !== null) this.#initial.add(node);
      },
      addEdge: (source, label, target) => {
        if (source !== target) this.#addStep(view, source, label, target);
      },
    };
  }

  /** Nodes that a graph starts in, in order of name. */
  get initial(): readonly string[] {
    return [...this.#initial].sort();
  }

  /** In order of source and target. */
  get edges(): readonly ProjectedEdge[] {
    return [...this.#names].sort(byFirst).map(([ends, names]) => {
      const [source, target] = JSON.parse(ends) as [string, string];
      return { source, target, names: [...names].sort() };
    });
  }

  /** Every node, in order of name. */
  get nodes(): readonly string[] {
    const ends = this.edges.flatMap(({ source, target }) => [source, target]);
    return [...new Set([...this.#initial, ...ends])].sort();
  }

  #addStep({ nodeOf, detailOf, nameOf }: View, source: string, label: string, target: string): void {
    const [from, to] = [nodeOf(source), nodeOf(target)];
    if (from === null || to === null) return;
    if (from === to && detailOf?.(source) === detailOf?.(target)) return;
    const name = nameOf === undefined ? label : nameOf(label);
    if (name === null) return;
    const ends = JSON.stringify([from, to]);
    const names = this.#names.get(ends);
    if (names === undefined) this.#names.set(ends, new Set([name]));
    else names.add(name);
  }
}

const byFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

/**
 * The state diagram in the language of Mermaid, which forges and editors draw: nodes by their names, edges by what causes them, one
 * to a line. Names may contain what they like but line breaks.
 */
export function toMermaid({ initial, nodes, edges }: Projection): string {
  const ids = new Map(nodes.map((node, number) => [node, `n${number + 1}`]));
  const idOf = (node: string): string => ids.get(node) ?? '[*]';
  return [
    'stateDiagram-v2',
    ...nodes.map((node) => `state "${escape(node)}" as ${idOf(node)}`),
    ...initial.map((node) => `[*] --> ${idOf(node)}`),
    ...edges.map(
      ({ source, target, names }) =>
        `${idOf(source)} --> ${idOf(target)} : ${names.map(escape).join('<br/>')}`,
    ),
  ].join('\n  ');
}

/** Characters that mean something to Mermaid, as it wants them. */
const escape = (text: string): string =>
  text.replaceAll(/["#;<>:]/g, (character) => `#${character.charCodeAt(0)};`);
