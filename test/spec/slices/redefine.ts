/** `MCRedefine`: a scope is defined anew while content of it is known, it is locked or synced. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesInAChain, subsetsOf } from './common.ts';

export function redefine(constants: Constants): Alphabet {
  const { agents, scopes } = constants;
  const byAgents = agents.flatMap((agent) =>
    scopes.flatMap((scope) => [
      say.contextModify(agent, scope, 'none', 'seen'),
      say.contextModify(agent, scope, 'none', 'other'),
      say.releaseLock(agent, scope),
      say.startSync(agent, scope),
      say.completeSync(agent, scope, 'current'),
    ]),
  );
  const [lower, upper] = scopes;
  if (lower === undefined || upper === undefined) throw new Error('two scopes are needed');
  const byOperator = subsetsOf([lower]).flatMap((needs) => [
    say.defineScope(upper, needs),
    say.defineScopes([
      [lower, []],
      [upper, needs],
    ]),
  ]);
  return {
    prelude: [...everybodyJoins(constants), scopesInAChain(constants)],
    acts: [...byAgents, ...byOperator, say.defineScopes([[lower, []]])],
  };
}
