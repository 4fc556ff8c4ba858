/** `MCContext`: who may write a context file, with which token, on which content, and what that does to syncs. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesInAChain } from './common.ts';

export function context(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const perScope = agents.flatMap((agent) =>
    scopes.flatMap((scope) => [
      ...(['none', 'current', 'stale'] as const).flatMap((token) => [
        say.contextModify(agent, scope, token, 'seen'),
        say.contextModify(agent, scope, token, 'other'),
      ]),
      say.acquireLock(agent, [scope], 'now', waitFor),
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.releaseLock(agent, scope, 'stale'),
      say.startSync(agent, scope),
      say.completeSync(agent, scope, 'current'),
    ]),
  );
  const statuses = agents.flatMap((agent) => [
    say.setAgentStatus(agent, 'blocked', 'said'),
    say.setAgentStatus(agent, 'working', 'none'),
  ]);
  const upper = scopes
    .slice(1, 2)
    .flatMap((scope) => [say.removeScope(scope), say.defineScope(scope, scopes.slice(0, 1))]);
  return {
    prelude: [...everybodyJoins(constants), scopesInAChain(constants)],
    acts: [...perScope, ...statuses, ...upper],
  };
}
