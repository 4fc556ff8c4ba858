/** `MCConfigure`: the number of places changes while locks are held and waited for. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies, subsetsOf } from './common.ts';

export function configure(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const asks = subsetsOf(scopes).filter((ask) => ask.length > 0);
  const byAgents = agents.flatMap((agent) => [
    ...asks.map((ask) => say.acquireLock(agent, ask, 'wait', waitFor)),
    ...scopes.map((scope) => say.releaseLock(agent, scope)),
    say.cancelWait(agent),
  ]);
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...byAgents, ...[1, 2, 3].map(say.configure)],
  };
}
