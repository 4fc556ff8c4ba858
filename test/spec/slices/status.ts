/** `MCStatus`: what an agent says about itself, and that nobody stays blocked for too long. */
import { agentStatuses } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function status(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const acts = agents.flatMap((agent) => [
    ...agentStatuses.map((status) => say.setAgentStatus(agent, status, 'said')),
    ...agentStatuses
      .filter((status) => status !== 'blocked')
      .map((status) => say.setAgentStatus(agent, status, 'none')),
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'now', waitFor),
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.renewLock(agent, scope),
    ]),
    say.cancelWait(agent),
  ]);
  return { prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)], acts };
}
