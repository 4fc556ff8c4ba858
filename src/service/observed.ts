/** What the observer is told of answers, and of how much there is. */
import {
  agentStatuses,
  syncStatuses,
  violationTypes,
  type CommandKind,
  type Presence,
  type State,
} from '../core/index.ts';
import type { AnsweredCommand, AnsweredQuestion, ClaimKind, Figures } from '../observe/index.ts';
import type { MayWriteAnswer, Query, TokenAnswer } from '../protocol/index.ts';
import type { CommandCall } from './batch.ts';
import type { ServiceOptions } from './options.ts';

type Ends = Pick<CommandCall, 'answer' | 'fail'>;

/** The same ends of a call, of which the observer is told. */
export function observed(
  kind: CommandKind,
  { answer, fail }: Ends,
  { observer, stopwatchMs }: Pick<ServiceOptions, 'observer' | 'stopwatchMs'>,
): Ends {
  const cameMs = stopwatchMs();
  const tell = (outcome: AnsweredCommand['outcome'], code: AnsweredCommand['code']): void =>
    observer.answered({ kind, outcome, code, tookMs: stopwatchMs() - cameMs });
  return {
    answer: (reply) => {
      if (reply.ok) tell('done', null);
      else tell('refused', reply.rejection.code);
      answer(reply);
    },
    fail: (error) => {
      tell('failed', null);
      fail(error);
    },
  };
}

/** What an answer says of files that somebody wants to write, and of a token under which something is to be done. */
export function judgedIn(
  { kind }: Query,
  answer: unknown,
): Pick<AnsweredQuestion, 'verdicts' | 'refusesToken'> {
  if (kind === 'token') return { verdicts: [], refusesToken: !(answer as TokenAnswer).valid };
  if (kind !== 'mayWrite') return { verdicts: [], refusesToken: false };
  const { files } = answer as MayWriteAnswer;
  return {
    verdicts: files.map(({ obstacle, free }) => obstacle ?? (free ? 'free' : 'allowed')),
    refusesToken: false,
  };
}

export function viewFigures(state: State, watchers: number): Figures {
  const agents = { present: noneOf(agentStatuses), lost: noneOf(agentStatuses) } satisfies Record<
    Presence,
    unknown
  >;
  for (const { presence, status } of state.agents.values()) agents[presence][status] += 1;
  const locks: Record<ClaimKind, number> = { scope: 0, file: 0, resource: 0 };
  for (const { resource, file } of state.locks.values())
    locks[resource !== undefined ? 'resource' : file !== undefined ? 'file' : 'scope'] += 1;
  const syncs = noneOf(syncStatuses);
  for (const { status } of state.syncs.values()) syncs[status] += 1;
  const openViolations = noneOf(violationTypes);
  for (const { type } of state.openViolations.values()) openViolations[type] += 1;
  const { revision, tickets, scopes } = state;
  return {
    revision,
    agents,
    locks,
    queueLength: tickets.size,
    scopes: scopes.size,
    syncs,
    openViolations,
    watchers,
  };
}

const noneOf = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
