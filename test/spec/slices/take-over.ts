/** `MCTakeOver`: another owner takes the log over; every clock starts anew in full. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function takeOver(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const byAgents = agents.flatMap((agent) => [
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.renewLock(agent, scope),
    ]),
    say.heartbeat(agent),
    say.setAgentStatus(agent, 'blocked', 'said'),
    say.setAgentStatus(agent, 'working', 'none'),
  ]);
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...byAgents, say.takeOver('first'), say.takeOver('otherBoot')],
  };
}
