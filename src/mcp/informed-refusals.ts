import {
  madeOf,
  type AgentId,
  type ByCode,
  type RefusalFacts,
  type Rejection,
  type ScopePath,
  type WantedName,
} from '../core/index.ts';
import type { Coordinator, ScopeProblem, ScopesAnswer, ScopeView, WhySubject } from '../protocol/index.ts';
import type { DeskAgent } from '../participant/desk/index.ts';
import type { ToolAnswer } from './answer.ts';
import type { Work } from './handlers/handler.ts';
import type { Workspace } from './ports.ts';
import { refusalAnswer, stepAfter, stopAndAsk, type Advice } from './refusals.ts';
import { ownInTheWay } from './seat-words.ts';
import { bounded, quoted } from './text.ts';
import { holderText, problemText } from './views.ts';
import { count, duration, leadFrom, type Lead } from '../wording/index.ts';

/** Holders whose locks are told to whoever finds no place. */
const holdersMax = 5;
/** Problems that an answer about something else tells. */
const problemsMax = 3;

const nothingToLock = 'no scopes are defined here: there is nothing to lock';
const noScopes = `${stopAndAsk}: a person may run \`rhema init\`.`;

/** What an agent should know of the scopes before it asks for one: that there are none, or that files are broken. */
export async function scopeHints(coordinator: Coordinator): Promise<readonly string[]> {
  const { scopeCount, scopeProblems } = await coordinator.query({ kind: 'status', at: null });
  const errors = scopeProblems.filter(({ severity }) => severity === 'error').map(problemText);
  return [
    ...(scopeCount === 0 ? [`Note: ${nothingToLock}; ${noScopes}`] : []),
    ...(errors.length === 0
      ? []
      : [
          'Note: some scope or configuration files cannot be used until a person mends them:',
          ...bounded(errors, problemsMax, 'coordination_status').map((line) => `- ${line}`),
        ]),
  ];
}

/**
 * A refusal, with what else the coordinator knows: of a scope that is held, how its holder is; of one that is missing, why
 * it is. When it cannot be asked, the refusal alone has to do.
 */
export async function informedRefusal(
  { workspace, clock, desk }: Work,
  self: DeskAgent,
  rejection: Rejection,
): Promise<ToolAnswer> {
  const advice = await adviceOn(workspace, rejection, clock.nowMs()).catch(() => null);
  const own = ownInTheWay(desk.seats, self, idsIn(rejection));
  if (own.length === 0) return refusalAnswer(rejection, advice);
  const story = [advice?.story ?? rejection.message, ...own].join('\n');
  return refusalAnswer(rejection, { ...advice, story });
}

/** Whom a refusal names as being in the way. */
function idsIn({ details }: Rejection): readonly AgentId[] {
  const named = [
    'holder' in details ? details.holder : null,
    ...('others' in details ? (details.others ?? []).map(({ holder }) => holder) : []),
    'agent' in details ? details.agent : null,
    ...('holders' in details ? details.holders : []),
  ];
  return [...new Set(named.filter((id) => id !== null))];
}

const inTheWay = ({ holder, others = [] }: RefusalFacts<'LOCK_HELD'>): readonly AgentId[] => [
  holder,
  ...others.map((other) => other.holder),
];

function subjectOf({ scope, file, resource }: WantedName): WhySubject {
  if (resource !== undefined) return { kind: 'resource', resource };
  return file === undefined ? { kind: 'scope', scope } : { kind: 'file', file };
}

type Adviser = (workspace: Workspace, nowMs: number) => Promise<Advice | null>;

async function adviceOn(workspace: Workspace, rejection: Rejection, nowMs: number): Promise<Advice | null> {
  const advice = await adviceFor(workspace, rejection, nowMs);
  if (advice?.more === undefined) return advice;
  return { ...advice, story: [rejection.message, ...advice.more].join('\n') };
}

async function adviceFor(workspace: Workspace, rejection: Rejection, nowMs: number): Promise<Advice | null> {
  const advice = (await madeOf(advisers, rejection)?.(workspace, nowMs)) ?? null;
  const { queueClosed } = rejection.details;
  if (queueClosed === undefined) return advice;
  // Another scope is refused, too, and as `DISABLED`.
  return { ...advice, next: `${stepAfter('DISABLED')} ${queueClosed}.` };
}

const advisers: ByCode<Adviser> = {
  SCOPE_NOT_FOUND:
    ({ scope }) =>
    async (workspace) =>
      onMissing(workspace, scope, await workspace.coordinator.query({ kind: 'scopes' })),
  LOCK_HELD:
    (facts) =>
    async ({ coordinator }, nowMs) => {
      const subject = subjectOf(facts);
      const { locks } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
      const own = locks.filter(({ agent }) => inTheWay(facts).includes(agent));
      // It may have been given back, and taken by another, since it was refused.
      if (own.length === 0) return null;
      const told = own.map((lock) => holderText(lock, nowMs));
      return { story: bounded(told, holdersMax, 'coordination_status').join('\n') };
    },
  CONCURRENCY_LIMIT:
    ({ holders, queueLength }) =>
    async ({ coordinator }, nowMs) => {
      const answers = holders.slice(0, holdersMax).map(async (agent) => {
        const subject = { kind: 'agent', agent } as const;
        return coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
      });
      const locks = (await Promise.all(answers)).flatMap((answer) => answer.locks);
      return { more: [...locks.map((lock) => holderText(lock, nowMs)), queueText(queueLength)] };
    },
  RESERVED_FOR_WAITER:
    ({ sinceMs, ticket, queueLength }) =>
    async (_, nowMs) => ({
      more: [`It has waited ${duration(nowMs - sinceMs)}, with ticket ${ticket}; ${queueText(queueLength)}`],
    }),
};

function queueText(length: number): string {
  return length === 0 ? 'Nobody is in the queue.' : `${count(length, 'agent')} in the queue.`;
}

async function onMissing(
  workspace: Workspace,
  scope: ScopePath,
  { scopes, problems }: ScopesAnswer,
): Promise<Advice | null> {
  const told = problems.filter((problem) => folderOf(problem) === scope);
  if (told.length > 0)
    return {
      more: bounded(told.map(problemText), problemsMax, 'coordination_status'),
      next: 'tell your user that this file has to be mended; until then the scope cannot be locked.',
    };
  if (scopes.length === 0) return { story: nothingToLock, next: noScopes };
  const isThere = (await workspace.liesAt(scope)) !== 'nothing';
  const lead = await leadFrom(scopes, { path: scope, isThere }, workspace.nearestPath);
  const next = lead === null ? null : leadText(lead);
  return next === null ? null : { next };
}

/** Where somebody most likely wanted to go who named no scope; null where that is of no help here. */
function leadText(lead: Lead): string | null {
  switch (lead.kind) {
    case 'within': {
      const more = lead.scopes.length > namedMax ? ` and ${lead.scopes.length - namedMax} more` : '';
      return `in it are the scopes ${someOf(lead.scopes)}${more}: lock_acquire those that you need.`;
    }
    case 'called':
      return `that is the name of ${someOf(lead.scopes)}: lock_acquire that.`;
    case 'spelt':
      return `did you mean ${quoted(lead.scope)}? Then lock_acquire that; rhema://scopes lists all.`;
    case 'inside':
      return insideText(lead.around);
    case 'noScopes':
    case 'nowhere':
      return null;
  }
}

/** Not every repository has a scope at the top, and what is Git's own is in none. */
function insideText(around: ScopePath | null): string {
  if (around === null)
    return 'what lies there is in no scope, so nothing coordinates it: write there only if your user has said so.';
  const where = around === '.' ? 'what lies there is in the top scope,' : 'it is in the scope';
  return `${where} ${quoted(around)}: lock_acquire that.`;
}

const someOf = (scopes: readonly ScopePath[]): string => scopes.slice(0, namedMax).map(quoted).join(', ');

/** More would not help to choose. */
const namedMax = 10;

/** What is wrong with a scope file between a path and the scope that it is in for want of that one. */
export function problemsAround(
  path: ScopePath,
  scope: ScopeView,
  { problems }: { readonly problems: readonly ScopeProblem[] },
): readonly string[] {
  const isBetween = (folder: string | null): boolean =>
    folder !== null && folder !== scope.path && (path === folder || path.startsWith(`${folder}/`));
  const errors = problems.filter((one) => one.severity === 'error' && isBetween(folderOf(one)));
  return errors.map((problem) => `Note: a scope file on the way cannot be used: ${problemText(problem)}`);
}

/** The folder of the scope that a file defines; null when the problem is not that of one file. */
function folderOf({ file }: ScopeProblem): string | null {
  if (file === null) return null;
  return `./${file}`.replace(/(?:\/\.rhema)?\/[^/]*$/, '').replace(/^\.\/(?=.)/, '');
}
