/** What several models start from and ask for. */
import { agentJoin, defineScopes, type Act } from '../alphabet.ts';
import type { Constants } from '../slice.ts';

export const everybodyJoins = ({ agents }: Constants): Act[] => agents.map(agentJoin);

export const scopesWithoutDependencies = ({ scopes }: Constants): Act =>
  defineScopes(scopes.map((scope) => [scope, []]));

/** The second scope needs the first. */
export const scopesInAChain = ({ scopes }: Constants): Act =>
  defineScopes(scopes.map((scope, place) => [scope, place === 1 ? scopes.slice(0, 1) : []]));

/** Every set of these names, the empty one first. */
export function subsetsOf<Name>(names: readonly Name[]): Name[][] {
  return names.reduce<Name[][]>(
    (subsets, name) => [...subsets, ...subsets.map((subset) => [...subset, name])],
    [[]],
  );
}
