/** The comparison itself: the core's graph with TLC's, by digest or edge by edge. */
import {
  compareGraphs,
  explore,
  goldenDifferences,
  LabelledGraph,
  summaryDifferences,
  type Exploration,
  type GraphDifferences,
} from '../../src/explore/index.ts';
import type { Core } from './core.ts';
import { readGolden, specificationOf } from './golden.ts';
import { modelOf } from './model.ts';
import type { Slice } from './slice.ts';
import { runTlc, type TlcRun } from './tlc.ts';

/** Why the core does not conform to the committed graph of a model; empty when it does. */
export function deviations(core: Core, slice: Slice): string[] {
  const golden = readGolden(slice.name);
  // Thousands of walks, and not more than memory holds in the largest graphs.
  const auditEvery = 10 + Math.floor(golden.graph.edges / 5_000);
  const found = explore(modelOf(core, slice), { auditEvery });
  return [...faultsIn(found), ...goldenDifferences(golden, specificationOf(slice), found.summary)];
}

/** A violated invariant, with the shortest way to it. */
function faultsIn({ violation }: Exploration): string[] {
  if (violation === null) return [];
  const { invariant, evidence, path } = violation;
  return [`${invariant} does not hold: ${evidence}\n  after ${path.join('\n        ')}`];
}

export interface TlcComparison {
  readonly tlc: TlcRun;
  /** Empty when the graphs are the same. */
  readonly differences: readonly string[];
}

/** Explores with both, and looks for the edges that differ when the digests do. */
export async function compareWithTlc(core: Core, slice: Slice, jar: string): Promise<TlcComparison> {
  const found = explore(modelOf(core, slice));
  const tlc = await runTlc(jar, slice);
  const differences = [
    ...faultsIn(found),
    ...miscounts(tlc),
    ...summaryDifferences(tlc.graph, found.summary),
  ];
  if (differences.length > 0) differences.push(...(await differingEdges(core, slice, jar)));
  return { tlc, differences };
}

/** What TLC counts must be what it printed: the initial state is generated, but no edge leads to it. */
function miscounts({ graph, distinct, generated, depth }: TlcRun): string[] {
  const isComplete = graph.states === distinct && graph.edges === generated - 1 && graph.depth === depth;
  return isComplete
    ? []
    : [`TLC counts ${distinct} states, ${generated} generated and depth ${depth}, but printed another graph`];
}

async function differingEdges(core: Core, slice: Slice, jar: string): Promise<string[]> {
  const [ours, theirs] = [new LabelledGraph(), new LabelledGraph()];
  explore(modelOf(core, slice), { sink: ours });
  await runTlc(jar, slice, theirs);
  return describe(compareGraphs(ours, theirs, 5));
}

function describe({ onlyLeft, onlyRight }: GraphDifferences): string[] {
  const sides = [['the core', onlyLeft] as const, ['TLC', onlyRight] as const];
  return sides.flatMap(([who, { states, edges, someEdges }]) => [
    `only ${who} has ${states} states and ${edges} edges`,
    ...someEdges.map(({ source, label, target }) => `  ${label}\n    ${source}\n    ${target}`),
  ]);
}
