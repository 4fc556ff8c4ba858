/**
 * Paths that cover a graph: together they walk along every edge, so that whatever a model can do can be tried on something
 * else that is said to behave the same.
 *
 * A path starts in an initial state and goes, again and again, the shortest way to an edge that has not been walked. It ends
 * where there is no such way; the next one starts anew. So a machine that can always return needs one path.
 */
import type { Edge } from './graph.ts';
import type { GraphSink } from './model.ts';

/** One walk from an initial state on. */
export interface CoverPath {
  readonly initial: string;
  /** At least one. */
  readonly steps: readonly CoverStep[];
}

export interface CoverStep {
  readonly label: string;
  /** The state that the step leads to. */
  readonly target: string;
}

export interface Cover {
  readonly paths: readonly CoverPath[];
  /** Of all paths together. */
  readonly steps: number;
  /** How many classes of edges were walked: as many as there are edges, unless `classOf` says otherwise. */
  readonly covered: number;
  /** Classes of edges to which no path leads. */
  readonly missed: number;
}

export interface CoverOptions {
  /** Of edges of the same class one is walked, whichever is nearest. Each edge is a class of its own unless given. */
  readonly classOf?: (edge: Edge) => string;
  /** A path ends after so many steps, or after the first new edge if that is farther away. No limit unless given. */
  readonly stepsMax?: number;
}

/** Takes in a graph, and plans paths on it. The plan depends on nothing but the graph and the order in which it was told. */
export class EdgeCover implements GraphSink {
  readonly #nodes: Node[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #initial: number[] = [];

  addInitial(state: string): void {
    const number = this.#numberOf(state);
    if (!this.#initial.includes(number)) this.#initial.push(number);
  }

  addEdge(source: string, label: string, target: string): void {
    const [from, to] = [this.#numberOf(source), this.#numberOf(target)];
    this.#nodes[from]?.edges.set(`${label} ${to}`, { label, target: to });
  }

  /** Paths along every edge that can be reached. */
  plan(options: CoverOptions = {}): Cover {
    return new Tours(this.#nodes, this.#initial, options).plan();
  }

  /** A shortest path to a state; null when there is none, or when the state is initial itself. */
  shortestPathTo(state: string): CoverPath | null {
    const goal = this.#numbers.get(state);
    if (goal === undefined || this.#initial.includes(goal)) return null;
    const way = new Routes(this.#nodes).shortest(this.#initial, (number) => number === goal);
    return way === null ? null : toPath(this.#nodes, way);
  }

  #numberOf(state: string): number {
    const known = this.#numbers.get(state);
    if (known !== undefined) return known;
    this.#numbers.set(state, this.#nodes.length);
    return this.#nodes.push({ state, edges: new Map() }) - 1;
  }
}

interface Node {
  readonly state: string;
  /** By label and target, so that an edge that is told twice is there once. */
  readonly edges: Map<string, Outgoing>;
}

interface Outgoing {
  readonly label: string;
  /** Number of the state that it leads to. */
  readonly target: number;
}

/** A way through the graph, from the state numbered `from` on. */
interface Way {
  readonly from: number;
  readonly edges: readonly Outgoing[];
}

function toPath(nodes: readonly Node[], { from, edges }: Way): CoverPath {
  const stateOf = (number: number): string => nodes[number]?.state ?? '';
  return {
    initial: stateOf(from),
    steps: edges.map(({ label, target }) => ({ label, target: stateOf(target) })),
  };
}

/** Where a way ends. */
function endOf({ edges, from }: Way): number {
  return edges.at(-1)?.target ?? from;
}

/** Looks for shortest ways, breadth-first. */
class Routes {
  /** By state: one edge to each other state. Where an edge leads counts here, not what it is called. */
  readonly #exits: readonly (readonly Outgoing[])[];
  /** By state: the search that reached it last, and how. */
  readonly #reachedIn: number[] = [];
  readonly #reachedBy: { readonly source: number; readonly edge: Outgoing }[] = [];
  #search = 0;

  constructor(nodes: readonly Node[]) {
    this.#exits = nodes.map(({ edges }, number) => {
      const exits = new Map<number, Outgoing>();
      for (const edge of edges.values()) if (!exits.has(edge.target)) exits.set(edge.target, edge);
      exits.delete(number);
      return [...exits.values()];
    });
  }

  /** A shortest way from one of the states to a goal, empty where that is a goal itself; null when there is none. */
  shortest(starts: readonly number[], isGoal: (number: number) => boolean): Way | null {
    this.#search += 1;
    const reached = [...starts];
    for (const start of starts) this.#reachedIn[start] = this.#search;
    // The list grows while it is walked.
    for (const source of reached) {
      if (isGoal(source)) return this.#wayTo(source, starts);
      for (const edge of this.#exits[source] ?? []) {
        if (this.#reachedIn[edge.target] === this.#search) continue;
        this.#reachedIn[edge.target] = this.#search;
        this.#reachedBy[edge.target] = { source, edge };
        reached.push(edge.target);
      }
    }
    return null;
  }

  #wayTo(goal: number, starts: readonly number[]): Way {
    const edges: Outgoing[] = [];
    let from = goal;
    while (!starts.includes(from)) {
      const last = this.#reachedBy[from];
      if (last === undefined) break;
      edges.push(last.edge);
      from = last.source;
    }
    return { from, edges: edges.reverse() };
  }
}

/** Edges of which one is to be walked. */
interface EdgeClass {
  isOpen: boolean;
  /** The states that its edges leave, one for each edge. */
  readonly sources: number[];
}

/** What is still to be walked. */
class Agenda {
  readonly #classes = new Map<Outgoing, EdgeClass>();
  /** By state: its edges, those that stay there first, and how many of them are of an open class. */
  readonly #edges: (readonly Outgoing[])[];
  readonly #openAt: number[];
  #open = 0;
  #closed = 0;

  constructor(nodes: readonly Node[], classOf: CoverOptions['classOf']) {
    const named = new Map<string, EdgeClass>();
    this.#edges = nodes.map(({ edges }, number) => stayingFirst([...edges.values()], number));
    this.#openAt = this.#edges.map(({ length }) => length);
    for (const [number, edges] of this.#edges.entries())
      for (const edge of edges) {
        const [source, target] = [nodes[number]?.state ?? '', nodes[edge.target]?.state ?? ''];
        const name = classOf?.({ source, label: edge.label, target });
        const known = name === undefined ? undefined : named.get(name);
        const its = known ?? this.#openClass();
        its.sources.push(number);
        if (name !== undefined) named.set(name, its);
        this.#classes.set(edge, its);
      }
  }

  get open(): number {
    return this.#open;
  }

  get closed(): number {
    return this.#closed;
  }

  hasOpenAt(number: number): boolean {
    return (this.#openAt[number] ?? 0) > 0;
  }

  /** An edge that is to be walked and leaves a state; null when there is none. */
  openEdgeAt(number: number): Outgoing | null {
    return this.#edges[number]?.find((edge) => this.#classes.get(edge)?.isOpen) ?? null;
  }

  walked(edge: Outgoing): void {
    const its = this.#classes.get(edge);
    if (its?.isOpen !== true) return;
    its.isOpen = false;
    this.#open -= 1;
    this.#closed += 1;
    for (const source of its.sources) this.#openAt[source] = (this.#openAt[source] ?? 0) - 1;
  }

  #openClass(): EdgeClass {
    this.#open += 1;
    return { isOpen: true, sources: [] };
  }
}

/** Edges that lead back to where they start cost no way, so they are walked before the state is left. */
function stayingFirst(edges: readonly Outgoing[], number: number): Outgoing[] {
  const stays = ({ target }: Outgoing): boolean => target === number;
  return [...edges.filter(stays), ...edges.filter((edge) => !stays(edge))];
}

/** The paths of one plan. */
class Tours {
  readonly #nodes: readonly Node[];
  readonly #initial: readonly number[];
  readonly #stepsMax: number;
  readonly #routes: Routes;
  readonly #agenda: Agenda;

  constructor(nodes: readonly Node[], initial: readonly number[], options: CoverOptions) {
    this.#nodes = nodes;
    this.#initial = initial;
    this.#stepsMax = options.stepsMax ?? Infinity;
    this.#routes = new Routes(nodes);
    this.#agenda = new Agenda(nodes, options.classOf);
  }

  plan(): Cover {
    const paths: CoverPath[] = [];
    let steps = 0;
    for (let tour = this.#tour(); tour !== null; tour = this.#tour()) {
      paths.push(toPath(this.#nodes, tour));
      steps += tour.edges.length;
    }
    return { paths, steps, covered: this.#agenda.closed, missed: this.#agenda.open };
  }

  /** One path, as long as it gets on; null when no initial state leads to anything new. */
  #tour(): Way | null {
    const first = this.#wayToOpenEdge(this.#initial);
    if (first === null) return null;
    const edges: Outgoing[] = [];
    for (let way: Way | null = first; way !== null; way = this.#wayToOpenEdge([endOf(way)])) {
      if (edges.length > 0 && edges.length + way.edges.length > this.#stepsMax) break;
      edges.push(...way.edges);
      for (const edge of way.edges) this.#agenda.walked(edge);
    }
    return { from: first.from, edges };
  }

  /** The shortest way that ends with an edge that is to be walked. */
  #wayToOpenEdge(starts: readonly number[]): Way | null {
    if (this.#agenda.open === 0) return null;
    const way = this.#routes.shortest(starts, (number) => this.#agenda.hasOpenAt(number));
    const edge = way === null ? null : this.#agenda.openEdgeAt(endOf(way));
    return way === null || edge === null ? null : { from: way.from, edges: [...way.edges, edge] };
  }
}
