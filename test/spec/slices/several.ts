/** `MCSeveral` and `MCTogether`: agents with several locks, of one token each or of one together. */
import type { AgentId } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import { releaseSet, sayWhile } from '../numbers.ts';
import type { Alphabet, Constants } from '../slice.ts';
import type { World } from '../world.ts';
import { everybodyJoins, scopesWithoutDependencies, subsetsOf } from './common.ts';

const tokenNames = ['none', 'stale', 'first'] as const;

const holdsSome =
  (agent: AgentId) =>
  ({ state }: World): boolean =>
    (state.agents.get(agent)?.held.size ?? 0) > 0;

/** Asked for one by one: both at once would have one token. */
export function several(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const sets = subsetsOf(scopes).filter((set) => set.length > 0);
  const acts = agents.flatMap((agent) => [
    ...scopes.map((scope) => say.acquireLock(agent, [scope], 'wait', waitFor)),
    ...scopes.map((scope) => say.renewLock(agent, scope)),
    sayWhile(holdsSome(agent), say.acquireLock(agent, scopes, 'wait', waitFor)),
    ...sets.flatMap((set) => tokenNames.map((name) => releaseSet(agent, set, name))),
    releaseSet(agent, null, 'none'),
    releaseSet(agent, null, 'first'),
    say.heartbeat(agent),
  ]);
  return { prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)], acts };
}

export function together(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const acts = agents.flatMap((agent) => [
    say.acquireLock(agent, scopes, 'now', waitFor),
    say.acquireLock(agent, scopes, 'wait', waitFor),
    ...tokenNames.map((name) => releaseSet(agent, scopes, name)),
    releaseSet(agent, null, 'none'),
    releaseSet(agent, null, 'first'),
    say.heartbeat(agent),
    say.cancelWait(agent),
  ]);
  return { prelude: [...everybodyJoins(constants), scopesWithoutDependencies(constants)], acts };
}
