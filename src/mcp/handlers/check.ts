import { asRevision, type ScopePath } from '../../core/index.ts';
import { fileIn, nearestScope } from '../../participant/index.ts';
import type { ScopeView, TokenAnswer, WhyAnswer } from '../../protocol/index.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { eventLine } from '../events.ts';
import { problemsAround } from '../informed-refusals.ts';
import type { KeptAgent } from '../kept-agent.ts';
import { fileNamed } from '../scopes.ts';
import { refusalAnswer } from '../refusals.ts';
import { ownInTheWay } from '../seats.ts';
import { bounded, duration, purpose, quoted } from '../text.ts';
import { holderText } from '../views.ts';
import type { Visit } from '../visit.ts';
import type { AgentHandler, Work } from './handler.ts';

const waitersMax = 10;
const eventsMax = 5;

/** Which scope a path is in, who has it, who waits, and whether the agent may write there. */
export const check: AgentHandler<'lock_check'> = async (work, visit, { path: text, token }) => {
  const { agent } = visit;
  const { coordinator } = work.workspace;
  const path = await fileNamed(work.workspace, text);
  const known = await coordinator.query({ kind: 'scopes' });
  const scope = isGitsOwn(path) ? null : nearestScope(known.scopes, path);
  if (scope === null) return outside(path);
  const subject = { kind: 'scope', scope: scope.path } as const;
  const why = await coordinator.query({ kind: 'why', subject, at: null, happened: eventsMax });
  const [lock] = why.locks;
  if (lock?.agent === agent.session.agent && lock.epoch === agent.session.epoch) {
    // Under its name, but perhaps by another process that goes on as it.
    if ((await agent.isSucceeded(why.agent)) && agent.gone !== null) return refusalAnswer(agent.gone);
    agent.sees(lock);
  }
  const checked = token === undefined ? null : await checkToken(work, scope, token);
  const mayWrite = verdict(agent, scope.path, why, { checked, nowMs: work.clock.nowMs() });
  const own = lock === undefined ? [] : ownInTheWay(work.desk.seats, agent, [lock.agent]);
  const notes = [...problemsAround(path, scope, known), ...recordedNotes(visit, scope, path), ...own];
  visit.tellHolderOf(scope.path);
  return answer(work, path, why, { ...mayWrite, notes, scope });
};

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

/** Git keeps its folder in order by itself. */
const isGitsOwn = (path: string): boolean => path === '.git' || path.startsWith('.git/');

function checkToken({ workspace }: Work, scope: ScopeView, token: number): Promise<TokenAnswer> {
  return workspace.coordinator.query({ kind: 'token', scope: scope.path, token: asRevision(token) });
}

interface Verdict {
  readonly mayWrite: boolean;
  readonly because: string;
}

function verdict(
  { session, wait }: KeptAgent,
  scope: ScopePath,
  { locks, agent }: WhyAnswer,
  { checked, nowMs }: { readonly checked: TokenAnswer | null; readonly nowMs: number },
): Verdict {
  const [lock] = locks;
  const isAwaited = wait?.scopes.includes(scope) === true;
  if (lock === undefined) return { mayWrite: false, because: isAwaited ? awaited : free(scope) };
  if (lock.agent === session.agent && lock.epoch !== session.epoch)
    return { mayWrite: false, because: anotherIncarnation };
  if (lock.agent !== session.agent) return { mayWrite: false, because: `${lock.agent} holds it` };
  if (lock.deadlineMs <= nowMs)
    return { mayWrite: false, because: `your lease ended ${duration(nowMs - lock.deadlineMs)} ago: ${over}` };
  if (checked !== null && !checked.valid) return { mayWrite: false, because: checked.why };
  if (agent?.status === 'blocked')
    return { mayWrite: false, because: agent.ticket === null ? blockedHolder : waitingHolder };
  return { mayWrite: true, because: `you hold it under token ${lock.token}` };
}

const free = (scope: ScopePath): string => `its scope ${quoted(scope)} is free: lock_acquire that first`;
const awaited = 'it is free, but you wait for it in the queue: lock_acquire it again, which says why';
const over = 'it could not be renewed in time, and whoever waits may be let in at any moment';
const anotherIncarnation =
  'a later incarnation of your name holds it: agent_join again, or take another name';
const waitingHolder =
  'you wait in the queue for something else, and who waits must not write: lock_acquire that again, which waits for it';
const blockedHolder = 'you have said that you are blocked: agent_report working first';

interface Findings extends Verdict {
  readonly scope: ScopeView;
  readonly notes: readonly string[];
}

function answer(
  work: Work,
  path: string,
  why: WhyAnswer,
  { mayWrite, because, scope, notes }: Findings,
): ToolAnswer {
  const nowMs = work.clock.nowMs();
  const [lock] = why.locks;
  const waiters = why.waiters.map(
    (waiter) => `- ${waiter.agent} has waited ${duration(nowMs - waiter.sinceMs)}${purpose(waiter.reason)}`,
  );
  const happened = why.happened.map((event) => `- ${eventLine(event, nowMs)}`);
  const text = [
    `You ${mayWrite ? 'MAY' : 'MUST NOT'} write ${quoted(path)}: ${because}.`,
    `Scope: ${quoted(scope.path)}${lock === undefined ? ', free' : ''}; sync ${scope.syncStatus}.`,
    ...notes,
    ...(lock === undefined ? [] : [holderText(lock, nowMs)]),
    ...(waiters.length === 0 ? [] : ['Queue:', ...bounded(waiters, waitersMax, 'coordination_status')]),
    ...(happened.length === 0 ? [] : ['Happened, newest first:', ...happened]),
  ].join('\n');
  return told(text, { scope: scope.path, holder: lock?.agent ?? null, mayWrite });
}
