import type { Grant, Rejection, Ticket, TicketEndCause, Wish } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Timers } from '../../time/index.ts';
import type { AgentCommand } from '../agent-commands.ts';
import { resultOf } from '../answers.ts';
import { inTime, lookPatienceMs } from '../in-time.ts';
import type { TicketWait } from '../ticket-wait.ts';
import type { DeskAgent } from './desk-agent.ts';
import type { Visit } from './visit.ts';

/** How long a call whose time is over waits to learn how things are, in milliseconds. */
const lastAskMs = 4_000;

export interface CallWish {
  readonly wish: Wish;
  readonly reason: string | null;
  /** Whether to wait in the queue when it cannot be had at once. */
  readonly waits: boolean;
  /** How much longer the call may take, in milliseconds: finding the coordinator is part of it. */
  leftMs(): number;
}

export type Acquired =
  | { readonly kind: 'granted'; readonly locks: readonly Grant[] }
  | {
      readonly kind: 'waiting';
      readonly wait: TicketWait;
      readonly position: number;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | {
      readonly kind: 'ended';
      readonly ticket: Ticket;
      readonly cause: TicketEndCause | 'unknown';
    };

/**
 * Asks for locks and waits in the queue, for as long as the call may. When its time is over, the ticket is kept, and the
 * next call for the same goes on waiting in it.
 */
export async function acquire(
  clock: Pick<Timers, 'schedule'>,
  visit: Visit,
  wish: CallWish,
  onWaiting: () => () => void,
): Promise<Acquired> {
  const { agent, call } = visit;
  visit.takeInterest(wish.wish);
  await agent.settled();
  const asked = await ask(agent, wish, wish.waits);
  if (asked.kind !== 'waiting') return asked;
  visit.waitIn(asked.wait);
  if (!wish.waits || call.signal.aborted) return asked;
  const stopTelling = onWaiting();
  const end = await asked.wait.attend(wish.leftMs(), call.signal).finally(stopTelling);
  switch (end.kind) {
    case 'left':
      if (end.reply.kind !== 'granted')
        return { kind: 'ended', ticket: asked.wait.ticket, cause: end.reply.cause };
      // The ticket is the name's: another process may go on as the agent by now, and then the lock is that one's.
      await inTime(clock, lookPatienceMs, agent.look());
      return agent.gone === null
        ? { kind: 'granted', locks: end.reply.locks }
        : { kind: 'refused', rejection: agent.gone };
    case 'time':
      // Without the wish to wait: a ticket that has just ended must not be replaced by one at the end of the queue. The
      // call has used up its time: that the ticket is kept is known without an answer.
      return (await inTime(clock, lastAskMs, ask(agent, wish, false))) ?? asked;
    case 'aborted':
      return asked;
    case 'stopped':
      return agent.gone === null
        ? { kind: 'ended', ticket: asked.wait.ticket, cause: 'cancelled' }
        : { kind: 'refused', rejection: agent.gone };
  }
}

async function ask(agent: DeskAgent, { wish, reason }: CallWish, waits: boolean): Promise<Acquired> {
  const command: AgentCommand = {
    kind: 'AcquireLock',
    ...wish,
    ttlMs: null,
    wait: waits ? { kind: 'queue', forMs: null } : { kind: 'none' },
    reason,
  };
  return acquiredBy(agent, wish, await agent.submit(command));
}

function acquiredBy(agent: DeskAgent, wish: Wish, reply: Reply): Acquired {
  if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
  const { result } = reply;
  if (result.kind === 'queued') {
    const { position, deadlineMs } = result;
    return { kind: 'waiting', wait: agent.waitWith(result, wish), position, deadlineMs };
  }
  const { locks } = resultOf(result, 'granted');
  agent.granted(locks, 'granted');
  return { kind: 'granted', locks };
}
