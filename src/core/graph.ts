/**
 * Questions about directed graphs, given as a function from a node to its successors. No recursion: a repository may
 * have chains longer than the call stack.
 */
export type Edges<Node> = (node: Node) => Iterable<Node>;

interface Walk<Node> {
  readonly node: Node;
  readonly rest: Iterator<Node>;
}

const enter = <Node>(node: Node, edges: Edges<Node>): Walk<Node> => ({
  node,
  rest: edges(node)[Symbol.iterator](),
});

/**
 * Every node that can be reached from the starts, the starts included, in an order in which each node comes before all
 * that it leads to. In a graph with a cycle the order within the cycle is arbitrary.
 */
export function reachableInOrder<Node>(starts: Iterable<Node>, edges: Edges<Node>): Node[] {
  const seen = new Set<Node>();
  const finished: Node[] = [];
  for (const start of starts) {
    if (seen.has(start)) continue;
    seen.add(start);
    const path = [enter(start, edges)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        finished.push(top.node);
        path.pop();
      } else if (!seen.has(next.value)) {
        seen.add(next.value);
        path.push(enter(next.value, edges));
      }
    }
  }
  return finished.reverse();
}

/** A cycle as the nodes along it, the first one repeated at the end; null when there is none. */
export function findCycle<Node>(nodes: Iterable<Node>, edges: Edges<Node>): Node[] | null {
  const finished = new Set<Node>();
  for (const start of nodes) {
    if (finished.has(start)) continue;
    const onPath = new Set([start]);
    const path = [enter(start, edges)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        finished.add(top.node);
        onPath.delete(top.node);
        path.pop();
      } else if (onPath.has(next.value)) {
        const nodesOnPath = path.map((step) => step.node);
        return [...nodesOnPath.slice(nodesOnPath.indexOf(next.value)), next.value];
      } else if (!finished.has(next.value)) {
        onPath.add(next.value);
        path.push(enter(next.value, edges));
      }
    }
  }
  return null;
}

/** The longest chain in a graph without cycles, counted in edges, and the node where it starts. */
export function longestChain<Node>(
  nodes: Iterable<Node>,
  edges: Edges<Node>,
): { readonly length: number; readonly from: Node | null } {
  const lengths = new Map<Node, number>();
  let longest: { length: number; from: Node | null } = { length: 0, from: null };
  for (const node of reachableInOrder(nodes, edges).reverse()) {
    let length = 0;
    for (const next of edges(node)) {
      const through = (lengths.get(next) ?? 0) + 1;
      if (through > length) length = through;
    }
    lengths.set(node, length);
    if (length > longest.length) longest = { length, from: node };
  }
  return longest;
}

/**
 * Waves in which scopes can be handled: each wave depends on earlier waves only, so its members may run side by side.
 * Edges lead from a scope to its dependencies; the graph must be free of cycles. Members of a wave are in input order.
 */
export function dependencyWaves<Node>(nodes: readonly Node[], dependencies: Edges<Node>): Node[][] {
  const waveOf = new Map<Node, number>();
  for (const node of reachableInOrder(nodes, dependencies).reverse()) {
    let wave = 0;
    for (const dependency of dependencies(node)) {
      const after = (waveOf.get(dependency) ?? -1) + 1;
      if (after > wave) wave = after;
    }
    waveOf.set(node, wave);
  }
  const waves: Node[][] = [];
  for (const node of nodes) {
    const wave = waveOf.get(node) ?? 0;
    while (waves.length <= wave) waves.push([]);
    waves[wave]?.push(node);
  }
  return waves.filter((wave) => wave.length > 0);
}
