import { agentMutants } from './agents.ts';
import { configurationMutants } from './configuration.ts';
import { deadMutants } from './dead.ts';
import { forgedMutants } from './forged.ts';
import { lockMutants } from './locks.ts';
import { messageMutants } from './messages.ts';
import type { Mutant } from './mutant.ts';
import { numberMutants } from './numbers.ts';
import { queueMutants } from './queue.ts';
import { contextMutants, scopeMutants } from './scopes.ts';
import { severalMutants } from './several.ts';
import { syncMutants } from './syncs.ts';
import { targetMutants } from './targets.ts';
import { toldMutants } from './told.ts';
import { violationMutants } from './violations.ts';

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
  ...forgedMutants,
  ...numberMutants,
  ...severalMutants,
  ...toldMutants,
  ...targetMutants,
  ...deadMutants,
  ...messageMutants,
  ...violationMutants,
];
