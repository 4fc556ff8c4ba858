/** What several models start from and ask for. */
import type { ScopePath } from '../../../src/core/index.ts';
import { agentJoin, defineScopes, type Act } from '../alphabet.ts';
import type { Constants } from '../slice.ts';

export const everybodyJoins = ({ agents }: Constants): Act[] => agents.map(agentJoin);

export const scopesWithoutDependencies = ({ scopes }: Constants): Act =>
  defineScopes(scopes.map((scope) => [scope, []]));

/** The second scope needs the first. */
export const scopesInAChain = ({ scopes }: Constants): Act =>
  defineScopes(scopes.map((scope, place) => [scope, place === 1 ? scopes.slice(0, 1) : []]));

/** Every set of these scopes, the empty one first. */
export function subsetsOf(scopes: readonly ScopePath[]): ScopePath[][] {
  return scopes.reduce<ScopePath[][]>(
    (subsets, scope) => [...subsets, ...subsets.map((subset) => [...subset, scope])],
    [[]],
  );
}
