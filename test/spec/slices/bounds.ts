/** `MCBounds`: leases longer than allowed, and settings that make no sense. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function bounds(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const byAgents = agents.flatMap((agent) => [
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.acquireTooLong(agent, scope),
      say.renewLock(agent, scope),
      say.renewTooLong(agent, scope),
      say.releaseLock(agent, scope),
    ]),
    say.setAgentStatus(agent, 'blocked', 'said'),
    say.setAgentStatus(agent, 'working', 'none'),
  ]);
  const removable = scopes
    .slice(1, 2)
    .flatMap((scope) => [say.removeScope(scope), say.defineScope(scope, [])]);
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...byAgents, ...removable, say.configure(0)],
  };
}
