/** `MCRunners`: who runs a sync; runs that were ended meanwhile, agents that go, back-off, Git. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesInAChain, subsetsOf } from './common.ts';

export function runners(constants: Constants): Alphabet {
  const { agents, scopes } = constants;
  const byAgents = agents.flatMap((agent) => [
    ...scopes.flatMap((scope) => [
      say.startSync(agent, scope),
      ...(['current', 'stale'] as const).flatMap((run) => [
        say.completeSync(agent, scope, run),
        say.failSync(agent, scope, run),
      ]),
    ]),
    say.agentJoin(agent),
    say.agentLeave(agent),
    say.heartbeat(agent),
    say.setAgentStatus(agent, 'idle', 'said'),
    say.setAgentStatus(agent, 'completed', 'said'),
  ]);
  const byOperator = [
    ...scopes.flatMap((scope) => [say.retrySync(scope), say.resetSync(scope), say.abortSync(scope)]),
    ...subsetsOf(scopes)
      .filter((changed) => changed.length > 0)
      .map(say.gitOperation),
  ];
  return {
    prelude: [...everybodyJoins(constants), scopesInAChain(constants)],
    acts: [...byAgents, ...byOperator],
    faults: agents.map(say.crash),
  };
}
