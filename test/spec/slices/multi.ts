/** `MCMulti`: tickets for several scopes, agents that may hold more than one lock, deadlock. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies, subsetsOf } from './common.ts';

export function multi(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const asks = subsetsOf(scopes).filter((ask) => ask.length > 0);
  const acts = agents.flatMap((agent) => [
    ...asks.map((ask) => say.acquireLock(agent, ask, 'now', waitFor)),
    ...asks.map((ask) => say.acquireLock(agent, ask, 'wait', waitFor)),
    ...scopes.map((scope) => say.releaseLock(agent, scope)),
    say.releaseAll(agent),
    say.cancelWait(agent),
  ]);
  return { prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)], acts };
}
