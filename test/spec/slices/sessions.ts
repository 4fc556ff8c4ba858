/** `MCSessions`: agents that come, go, crash, are cut off and are lost, with all they hold and wait for. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { scopesWithoutDependencies } from './common.ts';

export function sessions(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const acts = agents.flatMap((agent) => [
    say.agentJoin(agent),
    say.agentResume(agent),
    say.agentLeave(agent),
    say.heartbeat(agent),
    say.forgedHeartbeat(agent, 'staleEpoch'),
    say.forgedHeartbeat(agent, 'otherSession'),
    ...scopes.map((scope) => say.acquireLock(agent, [scope], 'wait', waitFor)),
    ...scopes.map((scope) => say.releaseLock(agent, scope)),
  ]);
  return {
    prelude: [scopesWithoutDependencies(constants)],
    acts,
    faults: agents.flatMap((agent) => [say.crash(agent), say.partition(agent), say.heal(agent)]),
  };
}
