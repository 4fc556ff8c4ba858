/** `MCEverything`: all of it together, on two scopes in a chain. */
import { agentStatuses, type AgentId } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesInAChain } from './common.ts';

export function everything(constants: Constants): Alphabet {
  const { agents, scopes, sessionTtl } = constants;
  const [lower, upper] = scopes;
  const byOperator = scopes.flatMap((scope) => [
    say.revokeLock(scope),
    say.retrySync(scope),
    say.abortSync(scope),
    say.invalidateSync(scope),
  ]);
  if (sessionTtl === 0 && lower !== undefined && upper !== undefined)
    byOperator.push(say.removeScope(upper), say.defineScope(upper, [lower]));
  return {
    prelude: [...everybodyJoins(constants), scopesInAChain(constants)],
    acts: [...agents.flatMap((agent) => actsOf(agent, constants)), ...byOperator],
    faults: agents.flatMap((agent) => [say.crash(agent), say.partition(agent), say.heal(agent)]),
  };
}

function actsOf(agent: AgentId, { scopes, waitFor }: Constants): say.Act[] {
  return [
    say.agentJoin(agent),
    say.agentLeave(agent),
    say.heartbeat(agent),
    say.cancelWait(agent),
    ...agentStatuses.map((status) =>
      say.setAgentStatus(agent, status, status === 'blocked' ? 'said' : 'none'),
    ),
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'now', waitFor),
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.contextModify(agent, scope, 'none', 'seen'),
      say.startSync(agent, scope),
      say.completeSync(agent, scope, 'current'),
      say.failSync(agent, scope, 'current'),
    ]),
  ];
}
