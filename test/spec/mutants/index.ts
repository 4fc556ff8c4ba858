import { agentMutants } from './agents.ts';
import { configurationMutants } from './configuration.ts';
import { lockMutants } from './locks.ts';
import type { Mutant } from './mutant.ts';
import { queueMutants } from './queue.ts';
import { contextMutants, scopeMutants } from './scopes.ts';
import { syncMutants } from './syncs.ts';

export { compileCore } from './compile.ts';
export type { Mutant } from './mutant.ts';
export { verdictOn } from './verdict.ts';

export const mutants: readonly Mutant[] = [
  ...agentMutants,
  ...lockMutants,
  ...queueMutants,
  ...scopeMutants,
  ...contextMutants,
  ...syncMutants,
  ...configurationMutants,
];
