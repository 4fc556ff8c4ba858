/** `MCHold`: the contended hold; a holder that renews keeps a lock for a bounded time once somebody waits. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function hold(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const perScope = agents.flatMap((agent) =>
    scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.renewLock(agent, scope),
      say.renewLock(agent, scope, 'stale'),
    ]),
  );
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...perScope, ...agents.map(say.heartbeat), ...agents.map(say.cancelWait)],
  };
}
