import {
  asRevision,
  fileIn,
  namesOf,
  targetOf,
  type AgentId,
  type ScopePath,
  type WriteObstacle,
} from '../../core/index.ts';
import type { DeskAgent, Visit } from '../../participant/desk/index.ts';
import type { LockView, MayWriteAnswer, ScopeView, WhyAnswer } from '../../protocol/index.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { eventLine } from '../events.ts';
import { problemsAround } from '../informed-refusals.ts';
import { fileNamed, refuseUnlockable } from '../scopes.ts';
import { refusalAnswer } from '../refusals.ts';
import { ownInTheWay } from '../seat-words.ts';
import { bounded, purpose, quoted } from '../text.ts';
import { holderText } from '../views.ts';
import type { AgentHandler, Work } from './handler.ts';
import { duration } from '../../wording/index.ts';

const waitersMax = 10;
const besideMax = 5;
const eventsMax = 5;

/** Which scope a path is in, who has it, who waits, and whether the agent may write there. */
export const check: AgentHandler<'lock_check'> = async (work, visit, { path: text, token }) => {
  const { agent } = visit;
  const { coordinator } = work.workspace;
  const path = await fileNamed(work.workspace, text);
  const rule = await agent.mayWrite(path, token === undefined ? null : asRevision(token));
  const [scope] = rule.scopes;
  const lock = lockOn(rule, agent);
  if (agent.gone !== null) return refusalAnswer(agent.gone);
  if (lock === undefined) await refuseUnlockable(work.workspace, path);
  if (scope === undefined) return rule.files[0]?.free === true ? freeOutside(path) : outside(path);
  const subject = { kind: 'scope', scope: scope.path } as const;
  const why = await coordinator.query({ kind: 'why', subject, at: null, happened: eventsMax });
  const own = lock === undefined ? [] : ownInTheWay(work.desk.seats, agent, [lock.agent]);
  const notes = [...problemsAround(path, scope, rule), ...recordedNotes(visit, scope, path), ...own];
  const self = agent.session.agent;
  return answer(work, path, why, { ...verdict(agent, rule, token), self, notes, scope, lock });
};

/** What covers the path: the agent's own lock, of the file or of the whole scope, or else another's. */
function lockOn({ locks }: MayWriteAnswer, { session }: DeskAgent): LockView | undefined {
  return locks.find((lock) => lock.agent === session.agent && lock.epoch === session.epoch) ?? locks[0];
}

/** What is recorded of a context file. From now on the agent knows of it, and may record what it makes of it. */
function recordedNotes(visit: Visit, scope: ScopeView, path: ScopePath): readonly string[] {
  const recorded = scope.contexts[fileIn(scope.path, path)];
  if (recorded === undefined) return [];
  const before = visit.agent.seen.get(path);
  visit.show(path, recorded.digest);
  if (before === recorded.digest) return [];
  const since = before === undefined ? 'Recorded last' : 'CHANGED since you last saw it: recorded';
  return [`${since} by ${recorded.agent}, @${recorded.revision}. Read it before you write it.`];
}

function outside(path: string): ToolAnswer {
  const story = `${quoted(path)} is in no scope: nothing coordinates it.`;
  return refused(
    'SCOPE_NOT_FOUND',
    story,
    'write there only if your user has said so: nothing keeps others from it.',
    {
      scope: null,
    },
  );
}

const needsNone = 'it needs no lock, which is what free says of it';

function freeOutside(path: string): ToolAnswer {
  return told(`You MAY write ${quoted(path)}: ${needsNone}.`, { scope: null, holder: null, mayWrite: true });
}

interface Verdict {
  readonly mayWrite: boolean;
  readonly because: string;
}

/** The answer of the one rule of writing, in words. */
function verdict(self: DeskAgent, rule: MayWriteAnswer, token: number | undefined): Verdict {
  const [file] = rule.files;
  const lock = lockOn(rule, self);
  if (file?.free === true && file.obstacle === null) return { mayWrite: true, because: needsNone };
  if (file === undefined || file.scope === null) return { mayWrite: false, because: 'it is in no scope' };
  if (file.obstacle === null) return { mayWrite: true, because: `you hold it under token ${lock?.token}` };
  const isHeldByOther = lock !== undefined && lock.agent !== self.session.agent;
  const because = isHeldByOther
    ? `${lock.agent} holds it`
    : wordsOf(file.obstacle, { self, rule, scope: file.scope, lock, token });
  return { mayWrite: false, because };
}

interface Facts {
  readonly self: DeskAgent;
  readonly rule: MayWriteAnswer;
  readonly scope: ScopePath;
  /** Under this agent's name, if anybody holds it. */
  readonly lock: LockView | undefined;
  readonly token: number | undefined;
}

function wordsOf(obstacle: WriteObstacle, { self, rule, scope, lock, token }: Facts): string {
  switch (obstacle) {
    case 'STALE_EPOCH':
      return lock === undefined ? laterIncarnation : `${laterIncarnation}, and holds it`;
    case 'AGENT_NOT_FOUND':
    case 'AGENT_LOST':
      return 'your session has ended, and your locks with it: agent_join again';
    case 'ALREADY_WAITING':
      return isAwaited(self, rule, scope) ? awaited : waiting;
    case 'AGENT_BLOCKED':
      return 'you have said that you are blocked: agent_report working first';
    case 'STALE_FENCING_TOKEN':
      return `you hold it under token ${lock?.token}, not ${token}`;
    default:
      return lock === undefined
        ? `nobody holds it: lock_acquire it, or its scope ${quoted(scope)}, first`
        : `your lease ended ${duration(rule.nowMs - lock.deadlineMs)} ago: it could not be renewed in time, and whoever waits may be let in at any moment`;
  }
}

function isAwaited({ wait }: DeskAgent, { files: [file] }: MayWriteAnswer, scope: ScopePath): boolean {
  return wait !== null && namesOf(wait.wish).some((name) => name === scope || name === file?.file);
}

const laterIncarnation =
  'a later incarnation of your name has joined: agent_join again, or take another name';
const awaited = 'it is free, but you wait for it in the queue: lock_acquire it again, which says why';
const waiting =
  'you wait in the queue for something else, and an agent that waits must not write: lock_acquire that again to go on waiting';

interface Findings extends Verdict {
  readonly self: AgentId;
  readonly scope: ScopeView;
  readonly lock: LockView | undefined;
  readonly notes: readonly string[];
}

function answer(
  work: Work,
  path: string,
  why: WhyAnswer,
  { mayWrite, because, self, scope, lock, notes }: Findings,
): ToolAnswer {
  const nowMs = work.clock.nowMs();
  const waiters = why.waiters.map(
    (waiter) => `- ${waiter.agent} has waited ${duration(nowMs - waiter.sinceMs)}${purpose(waiter.reason)}`,
  );
  const beside = why.locks
    .filter((other) => lock === undefined || targetOf(other) !== targetOf(lock))
    .map((other) => `- ${holderText(other, nowMs, self)}`);
  const happened = why.happened.map((event) => `- ${eventLine(event, nowMs)}`);
  const text = [
    `You ${mayWrite ? 'MAY' : 'MUST NOT'} write ${quoted(path)}: ${because}.`,
    `Scope: ${quoted(scope.path)}${why.locks.length === 0 ? ', nobody holds it' : ''}; sync ${scope.syncStatus}.`,
    ...notes,
    ...(lock === undefined ? [] : [holderText(lock, nowMs, self)]),
    ...(beside.length === 0
      ? []
      : ['In the same scope:', ...bounded(beside, besideMax, 'coordination_status')]),
    ...(waiters.length === 0 ? [] : ['Queue:', ...bounded(waiters, waitersMax, 'coordination_status')]),
    ...(happened.length === 0 ? [] : ['Happened, newest first:', ...happened]),
  ].join('\n');
  const facts = { scope: scope.path, holder: lock?.agent ?? null, mayWrite };
  return { ...told(text, facts), holderOf: scope.path };
}
