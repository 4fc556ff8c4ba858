import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dependencyWaves, findCycle, longestChain, reachableInOrder } from './graph.ts';
import { byNumber } from './order.ts';

/** Random graphs on few nodes: some with cycles, some without. */
const anyGraph = fc.array(fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 3 }), {
  minLength: 8,
  maxLength: 8,
});
/** Edges lead to smaller nodes only, so there is no cycle. */
const acyclicGraph = anyGraph.map((graph) => graph.map((targets, node) => targets.filter((to) => to < node)));
const nodes = [0, 1, 2, 3, 4, 5, 6, 7];
const edgesOf = (graph: readonly number[][]) => (node: number) => graph[node] ?? [];

/** Every path from a node, by brute force; a path that comes back to one of its nodes ends there. */
function paths(graph: readonly number[][], path: readonly number[]): number[][] {
  const last = path.at(-1) ?? 0;
  if (path.indexOf(last) < path.length - 1) return [[...path]];
  return [[...path], ...(graph[last] ?? []).flatMap((next) => paths(graph, [...path, next]))];
}

const isCycle = (path: readonly number[]): boolean => path.length > 1 && path[0] === path.at(-1);
const allPaths = (graph: readonly number[][]): number[][] => nodes.flatMap((node) => paths(graph, [node]));

test('a cycle is found exactly when there is one, and what is found is one', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const cycle = findCycle(nodes, edgesOf(graph));
      expect(cycle !== null).toBe(allPaths(graph).some(isCycle));
      if (cycle === null) return;
      expect(isCycle(cycle)).toBe(true);
      cycle.slice(1).forEach((node, place) => expect(graph[cycle[place] ?? 0]).toContain(node));
    }),
  );
});

test('what can be reached is listed once, and nothing else', () => {
  fc.assert(
    fc.property(anyGraph, fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 3 }), (graph, starts) => {
      const reached = reachableInOrder(starts, edgesOf(graph));
      const naive = new Set(starts.flatMap((start) => paths(graph, [start]).flat()));
      expect(reached.toSorted(byNumber)).toEqual([...naive].toSorted(byNumber));
    }),
  );
});

describe('without cycles', () => {
  test('each node comes before all that it leads to', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        const order = reachableInOrder(nodes, edgesOf(graph));
        graph.forEach((targets, node) =>
          targets.forEach((to) => expect(order.indexOf(node)).toBeLessThan(order.indexOf(to))),
        );
      }),
    );
  });

  test('the longest chain is the longest path', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        const longest = Math.max(...allPaths(graph).map((path) => path.length - 1));
        const found = longestChain(nodes, edgesOf(graph));
        expect(found.length).toBe(longest);
        if (found.from !== null)
          expect(Math.max(...paths(graph, [found.from]).map((path) => path.length - 1))).toBe(longest);
      }),
    );
  });

  test('a node is in the first wave in which all it depends on is done', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        const waves = dependencyWaves(nodes, edgesOf(graph));
        const waveOf = (node: number): number => waves.findIndex((wave) => wave.includes(node));
        expect(waves.flat().toSorted(byNumber)).toEqual(nodes);
        graph.forEach((dependencies, node) =>
          expect(waveOf(node)).toBe(Math.max(-1, ...dependencies.map(waveOf)) + 1),
        );
      }),
    );
  });
});

test('each node is looked at once, however many paths lead to it', () => {
  const asked: number[] = [];
  // Two ways from each node to the next: 2^20 paths from end to end.
  const ladder = (node: number): number[] => {
    asked.push(node);
    return node < 40 ? [node + 1, node + 2] : [];
  };
  const nodesOfLadder = Array.from({ length: 42 }, (_, node) => node);
  expect(findCycle(nodesOfLadder, ladder)).toBeNull();
  expect(asked.toSorted(byNumber)).toEqual(nodesOfLadder);
});

test('without edges there is no chain, and so no start of one', () => {
  expect(longestChain([1, 2], () => [])).toEqual({ length: 0, from: null });
});

test('a chain longer than the call stack is walked', () => {
  const count = 100_000;
  const next = (node: number): number[] => (node + 1 < count ? [node + 1] : []);
  expect(findCycle([0], next)).toBeNull();
  expect(longestChain([0], next).length).toBe(count - 1);
  expect(dependencyWaves([0, count - 1], next)).toEqual([[count - 1], [0]]);
});
