/** `MCGraph`: the whole graph replaced while scopes are locked, waited for and synced. */
import type { ScopePath } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, subsetsOf } from './common.ts';

export function graph(constants: Constants): Alphabet {
  const { agents, scopes, waitFor } = constants;
  const asks = subsetsOf(scopes).filter((ask) => ask.length > 0);
  const byAgents = agents.flatMap((agent) => [
    ...asks.map((ask) => say.acquireLock(agent, ask, 'wait', waitFor)),
    say.releaseAll(agent),
    say.cancelWait(agent),
    ...scopes.flatMap((scope) => [
      say.releaseLock(agent, scope),
      say.startSync(agent, scope),
      say.completeSync(agent, scope, 'current'),
    ]),
  ]);
  return {
    prelude: everybodyJoins(constants),
    acts: [
      ...graphsOn(scopes).map(say.defineScopes),
      say.defineNoScopes,
      ...scopes.map(say.removeScope),
      ...byAgents,
    ],
  };
}

type Graph = readonly (readonly [ScopePath, readonly ScopePath[]])[];

/** Every set of scopes, each with every set of dependencies, also on what is no scope. */
function graphsOn(scopes: readonly ScopePath[]): Graph[] {
  const needs = subsetsOf(scopes);
  return subsetsOf(scopes).flatMap((defined) =>
    defined.reduce<Graph[]>(
      (graphs, scope) =>
        graphs.flatMap((smaller) => needs.map((need) => [...smaller, [scope, need] as const])),
      [[]],
    ),
  );
}
