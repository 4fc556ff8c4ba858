/** The comparison itself: the core's graph with TLC's, by digest or edge by edge. */
import {
  compareGraphs,
  explore,
  goldenDifferences,
  LabelledGraph,
  summaryDifferences,
  type Exploration,
  type GraphDifferences,
  type GraphSummary,
} from '../../src/explore/index.ts';
import type { Core } from './core.ts';
import { readGolden, specificationOf } from './golden.ts';
import { modelOf } from './model.ts';
import type { Slice } from './slice.ts';
import { runTlc, type TlcRun } from './tlc.ts';

/** Why the core does not conform to the committed graph of a model; empty when it does. */
export function deviations(core: Core, slice: Slice): string[] {
  const golden = readGolden(slice.name);
  const found = exploreWithAudit(core, slice, golden.graph.edges);
  return [...faultsIn(found), ...goldenDifferences(golden, specificationOf(slice), found.summary)];
}

/** Looks as well for what the canonical text wrongly leaves out. */
function exploreWithAudit(core: Core, slice: Slice, edges: number): Exploration {
  // Thousands of walks, and not more than memory holds in the largest graphs.
  const auditEvery = 10 + Math.floor(edges / 5_000);
  return explore(modelOf(core, slice), { auditEvery });
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
  const { tlc, differences } = await runAndCompare(core, slice, jar, found.summary);
  return { tlc, differences: [...faultsIn(found), ...differences] };
}

async function runAndCompare(
  core: Core,
  slice: Slice,
  jar: string,
  ours: GraphSummary,
): Promise<TlcComparison> {
  const tlc = await runTlc(jar, slice);
  const differences = [...miscounts(tlc), ...summaryDifferences(tlc.graph, ours)];
  if (differences.length > 0) differences.push(...(await differingEdges(core, slice, jar)));
  return { tlc, differences };
}

/** A model compared in every way there is. */
export interface FullComparison {
  /** The core's. */
  readonly graph: GraphSummary;
  readonly differences: readonly string[];
  readonly coreMs: number;
  /** Null when TLC has not been run. */
  readonly tlcMs: number | null;
}

/** Compares with the committed graph, and with the one that TLC finds now unless there is no jar. */
export async function compareFully(core: Core, slice: Slice, jar: string | null): Promise<FullComparison> {
  const golden = readGolden(slice.name);
  const startedAt = performance.now();
  const found = exploreWithAudit(core, slice, golden.graph.edges);
  const coreMs = performance.now() - startedAt;
  const graph = found.summary;
  const differences = [...faultsIn(found), ...goldenDifferences(golden, specificationOf(slice), graph)];
  if (jar === null) return { graph, differences, coreMs, tlcMs: null };
  const { differences: fromTlc } = await runAndCompare(core, slice, jar, graph);
  const tlcMs = performance.now() - startedAt - coreMs;
  return { graph, differences: [...differences, ...fromTlc], coreMs, tlcMs };
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
