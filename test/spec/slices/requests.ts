/** `MCRequests`: requests with an id; a repeat gets the first answer, another command may not use the id. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function requests(constants: Constants): Alphabet {
  const { agents, scopes, waitFor, requestIds } = constants;
  const byAgents = agents.flatMap((agent) => [
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'now', waitFor),
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
    ]),
    say.cancelWait(agent),
  ]);
  const acts = [...byAgents, ...scopes.map(say.revokeLock)];
  const identified = requestIds.flatMap((id) => acts.map((act) => say.withRequest(act, id)));
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...acts, ...identified],
  };
}
