/** `MCSync`: a graph that changes while its scopes are synced; order, cascade, failures and retries. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, subsetsOf } from './common.ts';

export function sync(constants: Constants): Alphabet {
  const { agents, scopes } = constants;
  const acts = scopes.flatMap((scope) => [
    ...subsetsOf(scopes).map((dependencies) => say.defineScope(scope, dependencies)),
    say.removeScope(scope),
    say.retrySync(scope),
    say.resetSync(scope),
    say.abortSync(scope),
    say.invalidateSync(scope),
    ...agents.flatMap((agent) => [
      say.startSync(agent, scope),
      say.completeSync(agent, scope, 'current'),
      say.failSync(agent, scope, 'current'),
    ]),
  ]);
  return { prelude: everybodyJoins(constants), acts };
}
