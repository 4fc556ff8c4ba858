/** `MCLengths`: leases of the length that the caller asks for. */
import type { AgentId, ScopePath } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import { acquireFor, renewFor, sayWhile } from '../numbers.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies } from './common.ts';

export function lengths(constants: Constants): Alphabet {
  const { agents } = constants;
  return {
    prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)],
    acts: agents.flatMap((agent) => [...actsOf(agent, constants), say.cancelWait(agent)]),
  };
}

function actsOf(agent: AgentId, { scopes, lockTtl, waitFor }: Constants): say.Act[] {
  const units = Array.from({ length: lockTtl }, (_, place) => place + 1);
  return scopes.flatMap((scope) => [
    ...units.flatMap((length) => [acquireFor(agent, scope, length), renewFor(agent, scope, length)]),
    waitUnlessHeld(agent, scope, waitFor),
    say.releaseLock(agent, scope),
  ]);
}

/** A holder that asked again would renew for the length it had, which the specification does not know. */
const waitUnlessHeld = (agent: AgentId, scope: ScopePath, waitFor: number): say.Act =>
  sayWhile(
    ({ state }) => state.locks.get(scope)?.agent !== agent,
    say.acquireLock(agent, [scope], 'wait', waitFor),
  );
