/** `MCLocks`: locks, leases and the queue; agents that have joined, scopes without dependencies. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function locks(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const perScope = agents.flatMap((agent) =>
    scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'now', waitFor),
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.releaseLock(agent, scope, 'stale'),
    ]),
  );
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...perScope, ...agents.map(say.cancelWait), ...scopes.map(say.revokeLock)],
  };
}
