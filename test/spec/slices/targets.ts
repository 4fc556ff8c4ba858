/** `MCFiles`, `MCMoves`, `MCSlots`: files of scopes, scopes that come and go around files, resources with slots. */
import type { AgentId } from '../../../src/core/index.ts';
import * as say from '../alphabet.ts';
import type { Alphabet, Constants } from '../slice.ts';
import { everybodyJoins, scopesWithoutDependencies, subsetsOf } from './common.ts';

type Names = readonly say.Name[];

const inOrder = (names: Names): Names => [...names].sort();

/** Asked for in every combination, given back and renewed each by itself, with and without a token. */
function actsOn(acts: say.NamedActs, agent: AgentId, names: Names): say.Act[] {
  const asks = subsetsOf(inOrder(names)).filter((ask) => ask.length > 0);
  const tokens = ['none', 'stale'] as const;
  return [
    ...asks.flatMap((ask) => [acts.acquire(agent, ask, 'now'), acts.acquire(agent, ask, 'wait')]),
    ...names.flatMap((name) =>
      tokens.flatMap((token) => [acts.release(agent, name, token), acts.renew(agent, name, token)]),
    ),
    say.releaseAll(agent),
    say.cancelWait(agent),
  ];
}

const preludeOf = (constants: Constants): say.Act[] => [
  ...everybodyJoins(constants),
  scopesWithoutDependencies(constants),
];

export function files(constants: Constants): Alphabet {
  const { agents, scopes } = constants;
  const acts = say.namesIn(scopes);
  const paths = [...scopes, ...constants.files];
  const [first] = scopes;
  return {
    prelude: preludeOf(constants),
    acts: [
      ...agents.flatMap((agent) => actsOn(acts, agent, paths)),
      ...agents.flatMap((agent) =>
        (['none', 'stale'] as const).flatMap((token) =>
          first === undefined ? [] : [say.contextModify(agent, first, token, 'seen')],
        ),
      ),
      ...paths.map((path) => acts.revoke(path)),
    ],
  };
}

export function moves(constants: Constants): Alphabet {
  const { agents, scopes } = constants;
  const acts = say.namesIn(scopes);
  const paths = [...scopes, ...constants.files];
  const all = inOrder(constants.files);
  const asks: Names[] = [...paths.map((path) => [path]), ...(all.length > 1 ? [all] : [])];
  const perAgent = agents.flatMap((agent) => [
    ...asks.map((ask) => acts.acquire(agent, ask, 'wait')),
    ...paths.map((path) => acts.release(agent, path, 'none')),
    say.cancelWait(agent),
  ]);
  const graphs = [scopes.slice(0, 1), scopes.slice(1), scopes].map((graph) =>
    say.defineScopes(graph.map((scope) => [scope, []])),
  );
  const inner = scopes.slice(1).flatMap((scope) => [say.defineScope(scope, []), say.removeScope(scope)]);
  return { prelude: preludeOf(constants), acts: [...perAgent, ...graphs, ...inner] };
}

export function slots(constants: Constants): Alphabet {
  const { agents, scopes, resources } = constants;
  const acts = say.namesIn(scopes);
  const undeclared = '@q9' as (typeof resources)[number];
  return {
    prelude: preludeOf(constants),
    acts: [
      ...agents.flatMap((agent) => [
        ...actsOn(acts, agent, [...scopes, ...resources]),
        acts.acquire(agent, [undeclared], 'now'),
      ]),
      ...resources.map((resource) => acts.revoke(resource)),
    ],
  };
}
