import { namesOf, shownNames, partsOf, type Grant, type ScopePath, type Wish } from '../../core/index.ts';
import {
  acquire as acquireLocks,
  type Acquired,
  type DeskAgent,
  type Visit,
} from '../../participant/desk/index.ts';
import { impactOfLocks, inTime } from '../../participant/index.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { formerLines } from '../former-holders.ts';
import { grantsText, vainText } from '../lock-words.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { claimNamed } from '../scopes.ts';
import { ownInTheWay } from '../seat-words.ts';
import { quoted } from '../text.ts';
import { obstacleLines } from '../views.ts';
import type { AgentHandler, ToolCall, Work } from './handler.ts';
import { impactText, duration, shownLock, someNames, timeLeft } from '../../wording/index.ts';

/** How long a call that has waited already waits to learn who is in the way, in milliseconds: clients give up on it. */
const storyPatienceMs = 1_000;
/** How often a waiting client is told how the wait goes on. */
const progressEveryMs = 5_000;

/** Gets scopes, at once or after waiting in the queue. */
export const acquire: AgentHandler<'lock_acquire'> = async (work, visit, input, call) => {
  const waitMs = input.wait_seconds === undefined ? work.waitMs : input.wait_seconds * 1_000;
  const untilMs = work.clock.monotonicMs() + waitMs;
  const { wish: wanted, free } = await claimNamed(work.workspace, input.scopes);
  if (namesOf(wanted).length === 0) return told(freeLines(free).join('\n'), { status: 'free', locks: [] });
  const wish = {
    wish: wanted,
    reason: input.reason ?? null,
    waits: waitMs > 0,
    leftMs: () => Math.max(0, untilMs - work.clock.monotonicMs()),
  };
  const acquired = await acquireLocks(work.clock, visit, wish, () =>
    tellProgress(work, call, wanted, waitMs),
  );
  const answer = await answerOf(work, visit, wanted, acquired);
  return free.length === 0 ? answer : { ...answer, text: [answer.text, ...freeLines(free)].join('\n') };
};

const freeLines = (files: readonly string[]): readonly string[] =>
  files.map((file) => `FREE ${quoted(file)}: anybody may write it, it needs no lock.`);

async function answerOf(work: Work, visit: Visit, wish: Wish, acquired: Acquired): Promise<ToolAnswer> {
  switch (acquired.kind) {
    case 'granted':
      return grantedAnswer(work, visit, acquired.locks);
    case 'waiting':
      return waitingAnswer(work, visit.agent, acquired);
    case 'refused':
      return informedRefusal(work, visit.agent, acquired.rejection);
    case 'ended': {
      const { ticket, cause } = acquired;
      visit.owe({ kind: 'waitEnded', wish, ticket, cause });
      return refused('WAITED_IN_VAIN', vainText(wish, ticket, cause), null, { cause });
    }
  }
}

/** What it had before, and knew of, is told apart from what it is granted now. */
async function grantedAnswer(work: Work, visit: Visit, locks: readonly Grant[]): Promise<ToolAnswer> {
  const isOld = (lock: Grant): boolean => lock.already === true && visit.agent.holdings.knows(lock);
  const old = locks.filter(isOld);
  const granted = locks.filter((lock) => !isOld(lock));
  visit.tell(locks);
  const lines = [
    ...(granted.length === 0
      ? []
      : [`GRANTED ${grantsText(granted)}. It is yours until lock_release; renewal is automatic.`]),
    ...(await toBeLines(work, granted)),
    ...(await formerLines(work, visit.agent, granted)),
    ...(await impactLines(work, visit.agent, granted)),
    ...old.map((lock) => alreadyText(lock, work.clock.nowMs())),
  ];
  const facts = { status: 'granted', locks: locks.map((lock) => ({ ...partsOf(lock), token: lock.token })) };
  return told(lines.join('\n'), facts);
}

/** Whoever changes what others build on has to know of them. */
async function impactLines(
  { workspace, clock }: Work,
  { session }: DeskAgent,
  granted: readonly Grant[],
): Promise<readonly string[]> {
  const impact = await impactOfLocks(workspace.coordinator, clock, granted);
  const text = impact === null ? null : impactText(impact, session.agent, quoted);
  return text === null ? [] : [`${text}.`];
}

/** A scope that is misspelt has the form of a file that is to be made, and is granted as one. */
async function toBeLines({ workspace }: Work, granted: readonly Grant[]): Promise<readonly string[]> {
  const files = granted.flatMap(({ file }) => (file === undefined ? [] : [file as string as ScopePath]));
  const missing = await Promise.all(files.map(async (file) => (await workspace.liesAt(file)) === 'nothing'));
  const toBe = files.filter((_, index) => missing[index] === true);
  const shown = toBe.slice(0, toBeMax).map(quoted).join(', ');
  const more = toBe.length > toBeMax ? ` and ${toBe.length - toBeMax} more` : '';
  return toBe.length === 0 ? [] : [`Not there yet, so locked as files that are to be made: ${shown}${more}.`];
}

const toBeMax = 5;

function alreadyText(lock: Grant, nowMs: number): string {
  const { token, sinceMs } = lock;
  const since = sinceMs === undefined ? '' : ` since ${duration(nowMs - sinceMs)}`;
  return `HELD already: you hold ${quoted(shownLock(lock))} (token ${token})${since}. The lease was renewed. If you gave a reason, others read that one now.`;
}

async function waitingAnswer(
  work: Work,
  agent: DeskAgent,
  waiting: Extract<Acquired, { kind: 'waiting' }>,
): Promise<ToolAnswer> {
  const { wait, position, deadlineMs } = waiting;
  const { ticket, wish } = wait;
  const nowMs = work.clock.nowMs();
  const subject = { kind: 'agent', agent: agent.session.agent } as const;
  const query = { kind: 'why', subject, at: null, happened: 0 } as const;
  // The ticket is kept, whether or not the coordinator can say who is in the way.
  const why = await inTime(work.clock, storyPatienceMs, work.workspace.coordinator.query(query));
  const text = [
    `WAITING for ${someNames(shownNames(wish).map(quoted))}: position ${position} in the queue, ticket ${ticket}.`,
    ...(why?.waiters ?? []).flatMap((waiter) => obstacleLines(waiter, why?.waitsFor ?? [], nowMs)),
    ...ownInTheWay(
      work.desk.seats,
      agent,
      (why?.waitsFor ?? []).map((lock) => lock.agent),
    ),
    `Next: call lock_acquire again with the same names. Your ticket is kept for ${timeLeft(deadlineMs - nowMs)} more; do not edit meanwhile.`,
  ].join('\n');
  return told(text, { status: 'waiting', ticket, position });
}

/** Tells the client again and again who is in the way, if it asked to be told. */
function tellProgress(work: Work, call: ToolCall, wish: Wish, totalMs: number): () => void {
  const { progress } = call;
  if (progress === null) return () => undefined;
  const { clock } = work;
  const startedMs = clock.monotonicMs();
  const what = `waiting for ${someNames(shownNames(wish).map(quoted))}`;
  let cancel = clock.schedule(progressEveryMs, turn);
  function turn(): void {
    cancel = clock.schedule(progressEveryMs, turn);
    const elapsedMs = clock.monotonicMs() - startedMs;
    progress?.(elapsedMs, totalMs, `${what} for ${duration(elapsedMs)}`);
  }
  return () => cancel();
}
