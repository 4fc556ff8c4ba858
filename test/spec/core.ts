/** What the exploration needs of the core. The shipped core satisfies it, and so does a mutant of it. */
import type * as core from '../../src/core/index.ts';

export type Core = Pick<
  typeof core,
  'decide' | 'evolve' | 'initialState' | 'invariants' | 'nextDeadline' | 'toEntry'
>;
