/** Whether and how a broken core is caught. */
import { explore, goldenDifferences } from '../../../src/explore/index.ts';
import type { Core } from '../core.ts';
import { readGolden, specificationOf } from '../golden.ts';
import { modelOf } from '../model.ts';
import { loadSlice } from '../slice.ts';

/** The invariant that the core violates in a model, `graph` when only its graph is another, or null. */
export function verdictOn(core: Core, model: string): string | null {
  const slice = loadSlice(model);
  const golden = readGolden(model);
  // A broken core may reach far more than the right one; by then it is another graph.
  const { violation, summary } = explore(modelOf(core, slice), {
    statesMax: 2 * golden.graph.states,
    auditEvery: 1,
  });
  if (violation !== null) return violation.invariant;
  return goldenDifferences(golden, specificationOf(slice), summary).length > 0 ? 'graph' : null;
}
