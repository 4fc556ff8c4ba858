/** Whether and how a broken core is caught. */
import { explore, summaryDifferences } from '../../../src/explore/index.ts';
import type { Core } from '../core.ts';
import { readGolden } from '../golden.ts';
import { modelOf } from '../model.ts';
import { loadSlice } from '../slice.ts';

/**
 * The invariant that the core violates in a model, `graph` when all hold and only its labelled graph is another, or
 * null. What is left out of the canonical states is looked at when the graph is the right one.
 */
export function verdictOn(core: Core, modelName: string): string | null {
  const model = modelOf(core, loadSlice(modelName));
  const { graph } = readGolden(modelName);
  // One state more than there should be is enough.
  const { violation, summary } = explore(model, { statesMax: graph.states + 1 });
  if (violation !== null) return violation.invariant;
  if (summaryDifferences(graph, summary).length > 0) return 'graph';
  return explore(model, { auditEvery: 5 }).violation?.invariant ?? null;
}
