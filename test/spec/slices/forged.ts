/** `MCForged`: every command of an agent, said by somebody who is not the agent. */
import type { AgentId } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import { forged, forgeryNames } from '../forgeries.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function forgedCommands(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const byAgents = agents.flatMap((agent) => [
    say.agentJoin(agent),
    say.agentLeave(agent),
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.contextModify(agent, scope, 'none', 'seen'),
      say.startSync(agent, scope),
    ]),
  ]);
  const byOthers = agents.flatMap((agent) =>
    everyCommandOf(agent, constants).flatMap((act) => forgeryNames.map((name) => forged(act, agent, name))),
  );
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...byAgents, ...byOthers],
  };
}

/** Each kind once. */
function everyCommandOf(agent: AgentId, { scopes, waitFor }: Constants): say.Act[] {
  return [
    say.agentResume(agent),
    say.agentLeave(agent),
    say.heartbeat(agent),
    say.setAgentStatus(agent, 'completed', 'none'),
    say.cancelWait(agent),
    ...scopes.flatMap((scope) => [
      say.acquireLock(agent, [scope], 'wait', waitFor),
      say.releaseLock(agent, scope),
      say.renewLock(agent, scope),
      say.contextModify(agent, scope, 'none', 'seen'),
      say.startSync(agent, scope),
      say.completeSync(agent, scope, 'current'),
      say.failSync(agent, scope, 'current'),
    ]),
  ];
}
