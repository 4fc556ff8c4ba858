import type { ScopePath } from '../../core/index.ts';
import { acquire as acquireLocks, type Acquired } from '../acquiring.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { grantsText, vainText, type KeptAgent } from '../kept-agent.ts';
import { refusalAboutScopes } from '../missing-scopes.ts';
import { scopesNamed } from '../scopes.ts';
import { duration, quoted } from '../text.ts';
import { obstacleLines } from '../views.ts';
import type { AgentHandler, ToolCall, Work } from './handler.ts';

/** How often a waiting client is told how the wait goes on. */
const progressEveryMs = 5_000;

/** Gets scopes, at once or after waiting in the queue. */
export const acquire: AgentHandler<'lock_acquire'> = async (work, agent, input, call) => {
  const waitMs = input.wait_seconds === undefined ? work.waitMs : input.wait_seconds * 1_000;
  const untilMs = work.clock.nowMs() + waitMs;
  const scopes = await scopesNamed(work.workspace, input.scopes);
  const wish = {
    scopes,
    reason: input.reason ?? null,
    waits: waitMs > 0,
    leftMs: () => Math.max(0, untilMs - work.clock.nowMs()),
  };
  const acquired = await acquireLocks(agent, wish, call, () => tellProgress(work, call, scopes, waitMs));
  return answerOf(work, agent, scopes, acquired);
};

async function answerOf(
  work: Work,
  agent: KeptAgent,
  scopes: readonly ScopePath[],
  acquired: Acquired,
): Promise<ToolAnswer> {
  switch (acquired.kind) {
    case 'granted':
      return grantedAnswer(acquired);
    case 'waiting':
      return waitingAnswer(work, agent, scopes, acquired);
    case 'refused':
      return refusalAboutScopes(work.workspace.coordinator, acquired.rejection, work.clock.nowMs());
    case 'ended':
      return refused('WAITED_IN_VAIN', vainText(scopes, acquired.ticket, acquired.cause), null, {
        cause: acquired.cause,
      });
    case 'unheard':
      return refused('CANCELLED', 'the call was cancelled.', null);
  }
}

function grantedAnswer({ locks }: Extract<Acquired, { kind: 'granted' }>): ToolAnswer {
  const isContended = locks.some((lock) => lock.contendedSinceMs !== null);
  const text = [
    `GRANTED ${grantsText(locks)}. It is yours until lock_release; renewal is automatic.`,
    ...(isContended ? ['Others wait for it: be quick.'] : []),
  ].join('\n');
  return told(text, { status: 'granted', locks: locks.map(({ scope, token }) => ({ scope, token })) });
}

async function waitingAnswer(
  work: Work,
  agent: KeptAgent,
  scopes: readonly ScopePath[],
  waiting: Extract<Acquired, { kind: 'waiting' }>,
): Promise<ToolAnswer> {
  const { ticket, position, deadlineMs } = waiting;
  const nowMs = work.clock.nowMs();
  const subject = { kind: 'agent', agent: agent.session.agent } as const;
  const query = { kind: 'why', subject, at: null, happened: 0 } as const;
  const { waiters, waitsFor } = await work.workspace.coordinator.query(query);
  const text = [
    `WAITING for ${scopes.map(quoted).join(', ')}: place ${position} in the queue, ticket ${ticket}.`,
    ...waiters.flatMap((waiter) => obstacleLines(waiter, waitsFor, nowMs)),
    `Next: call lock_acquire again with the same scopes. Your place is kept for ${duration(deadlineMs - nowMs)} more; do not edit meanwhile.`,
  ].join('\n');
  return told(text, { status: 'waiting', ticket, position });
}

/** Tells the client again and again who is in the way, if it asked to be told. */
function tellProgress(work: Work, call: ToolCall, scopes: readonly ScopePath[], totalMs: number): () => void {
  const { progress } = call;
  if (progress === null) return () => undefined;
  const { clock } = work;
  const startedMs = clock.nowMs();
  const what = `waiting for ${scopes.join(', ')}`;
  let cancel = clock.after(progressEveryMs, turn);
  function turn(): void {
    cancel = clock.after(progressEveryMs, turn);
    const elapsedMs = clock.nowMs() - startedMs;
    progress?.(elapsedMs, totalMs, `${what} for ${duration(elapsedMs)}`);
  }
  return () => cancel();
}
