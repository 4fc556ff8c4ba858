/** Explores state machines exhaustively and compares their labelled graphs. Knows nothing of what the states mean. */
export { actionOf, type GraphSink, type Model, type Step, type StepInvariant } from './model.ts';
export {
  actionsInvariant,
  canonicalInvariant,
  explore,
  type Counterexample,
  type Exploration,
  type ExploreOptions,
} from './explore.ts';
export { summaryDifferences, type GraphSummary } from './summary.ts';
export { compareGraphs, LabelledGraph, type Edge, type GraphDifferences, type OneSided } from './graph.ts';
export { goldenDifferences, goldenOf, parseGolden, type Golden } from './golden.ts';
export { readDot, type DotNames } from './dot.ts';
export { readEdgeList, StreamedGraph } from './edge-list.ts';
export { EdgeCover, type Cover, type CoverOptions, type CoverPath, type CoverStep } from './cover.ts';
export { Projection, toMermaid, type ProjectedEdge, type View } from './projection.ts';
