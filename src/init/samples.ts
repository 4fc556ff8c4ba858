import type { Unit } from './detectors/unit.ts';
import { deepest, depthOf, isSample } from './paths.ts';

/** Fewer are no burden. */
const samplesMin = 10;

/** A depth that folds examples and the like into their folder and leaves every other part as it is. */
export interface SampleDepth {
  readonly depth: number;
  /** How many scopes would be folded. */
  readonly folded: number;
}

/** Where most parts of a repository are examples, each of them a scope of its own; null elsewhere. */
export function sampleDepth(units: readonly Unit[]): SampleDepth | null {
  const paths = units.map(({ path }) => path);
  const depth = Math.max(1, deepest(paths.filter((path) => !isSample(path))));
  const folded = paths.filter((path) => isSample(path) && depthOf(path) > depth).length;
  return folded >= samplesMin && folded > paths.length / 2 ? { depth, folded } : null;
}
