/** `MCViolations`: what breaks a rule in a scope, or in a file of it, while agents come and go, hold and wait. */
import { violationEnds } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function violations(constants: Constants): Alphabet {
  const { agents, scopes, files } = constants;
  const named = say.namesIn(scopes);
  const names = [...scopes, ...files];
  const acts = agents.flatMap((agent) => [
    say.agentJoin(agent),
    say.agentLeave(agent),
    ...names.map((name) => named.acquire(agent, [name], 'wait')),
    ...names.map((name) => named.release(agent, name, 'none')),
  ]);
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [
      ...acts,
      ...names.map((name) => say.reportViolation(name)),
      ...names.flatMap((name) => violationEnds.map((end) => say.settleViolation(name, end))),
    ],
  };
}
