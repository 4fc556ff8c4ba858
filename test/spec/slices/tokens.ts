/** `MCTokens`: every number for a token or a run, and every content for what a writer has seen. */
import * as say from '../alphabet.ts';
import { endRunWith, releaseWith, renewWith, writeWith, wrongNumbers } from '../numbers.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function tokens(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const numbers = ['current', ...wrongNumbers] as const;
  const acts = agents.flatMap((agent) =>
    scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.startSync(agent, scope),
      ...numbers.flatMap((name) => [
        releaseWith(agent, scope, name),
        renewWith(agent, scope, name),
        writeWith(agent, scope, name, 'seen'),
        writeWith(agent, scope, name, 'none'),
      ]),
      ...(['seen', 'none', 'other'] as const).map((base) => writeWith(agent, scope, 'none', base)),
      ...(['current', 'earlier', 'later'] as const).flatMap((name) => endRunWith(agent, scope, name)),
    ]),
  );
  return { prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)], acts };
}
