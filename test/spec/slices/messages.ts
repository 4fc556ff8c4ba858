/** `MCMessages`: messages between agents that come and go, hold and wait. */
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function messages(constants: Constants): Alphabet {
  const { agents, scopes, files, requestIds, maxGaveWay, waitFor } = constants;
  const named = say.namesIn(scopes);
  const acts = agents.flatMap((agent) => [
    say.agentJoin(agent),
    say.agentResume(agent),
    say.agentLeave(agent),
    ...scopes.map((scope) => say.acquireLock(agent, [scope], 'wait', waitFor)),
    ...scopes.map((scope) => say.releaseLock(agent, scope)),
    ...files.map((file) => named.acquire(agent, [file], 'wait')),
    ...files.map((file) => named.release(agent, file, 'none')),
    ...agents.map((other) => say.sendMessage(agent, { kind: 'agent', agent: other }, 'info', maxGaveWay)),
    ...scopes.map((scope) =>
      say.sendMessage(agent, { kind: 'holder', scope }, 'request_release', maxGaveWay),
    ),
    ...files.map((file) => say.sendMessage(agent, { kind: 'holder', file }, 'request_release', maxGaveWay)),
    say.readMessages(agent),
    ...requestIds.map((id) => say.withRequest(say.readMessages(agent), id)),
  ]);
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: [...acts, say.sendAsOperator({ kind: 'all' }, 'stop', maxGaveWay)],
  };
}
