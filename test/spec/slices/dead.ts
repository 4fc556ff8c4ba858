/** `MCDead`: agents whose process ends, and is seen to have ended before they are silent for too long. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { scopesWithoutDependencies } from './common.ts';

export function dead(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const acts = agents.flatMap((agent) => [
    say.agentJoin(agent),
    say.agentResume(agent),
    say.agentLeave(agent),
    say.heartbeat(agent),
    say.seeDead(agent, 'present'),
    say.seeDead(agent, 'former'),
    ...scopes.map((scope) => say.acquireLock(agent, [scope], 'wait', waitFor)),
    ...scopes.map((scope) => say.releaseLock(agent, scope)),
  ]);
  return {
    prelude: [scopesWithoutDependencies(constants)],
    acts,
    faults: agents.flatMap((agent) => [say.crash(agent), say.partition(agent), say.heal(agent)]),
  };
}
