import type { Grant, Rejection, Result, Revision, ScopePath, Ticket, TicketEndCause } from '../core/index.ts';
import type { AgentCommand, KeptAgent } from './kept-agent.ts';
import type { TicketWait } from './ticket-wait.ts';

export interface AcquireWish {
  readonly scopes: readonly ScopePath[];
  readonly reason: string | null;
  /** How long this call waits; 0: not at all. */
  readonly waitMs: number;
}

/** The call that waits, as its client sees it. */
export interface WaitingCall {
  readonly signal: AbortSignal;
  /** Whether it was the client's wish that the call end; false for a connection that broke or a client's time-out. */
  wasCancelled(): boolean;
}

export type Acquired =
  | { readonly kind: 'granted'; readonly locks: readonly Grant[] }
  | {
      readonly kind: 'waiting';
      readonly ticket: Ticket;
      readonly position: number;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | {
      readonly kind: 'ended';
      readonly ticket: Ticket;
      readonly cause: TicketEndCause | 'unknown';
    }
  /** Nobody hears the answer. */
  | { readonly kind: 'cancelled' };

/**
 * Asks for locks and waits in the queue, for as long as the call may. When its time is over, the place is kept, and the
 * next call for the same scopes goes on waiting in it. When the client cancels the call, the place is given up.
 */
export async function acquire(
  agent: KeptAgent,
  wish: AcquireWish,
  call: WaitingCall,
  onWaiting: (wait: TicketWait) => () => void,
): Promise<Acquired> {
  const asked = await ask(agent, wish, wish.waitMs > 0);
  if (call.signal.aborted && call.wasCancelled()) return undo(agent, asked);
  if (asked.kind !== 'queued') return asked.acquired;
  if (wish.waitMs === 0) return asked.acquired;
  const stopTelling = onWaiting(asked.wait);
  const end = await asked.wait.attend(wish.waitMs, call.signal).finally(stopTelling);
  if (end.kind === 'left') return whenLeft(agent, asked.wait, end.reply);
  if (end.kind === 'aborted') return call.wasCancelled() ? undo(agent, asked) : { kind: 'cancelled' };
  // Without the wish to wait: a ticket that has just ended must not be replaced by one at the end of the queue.
  return (await ask(agent, wish, false)).acquired;
}

type Asked =
  | { readonly kind: 'queued'; readonly wait: TicketWait; readonly acquired: Acquired }
  | { readonly kind: 'granted'; readonly fresh: readonly Grant[]; readonly acquired: Acquired }
  | { readonly kind: 'refused'; readonly acquired: Acquired };

async function ask(agent: KeptAgent, wish: AcquireWish, waits: boolean): Promise<Asked> {
  const { scopes, reason } = wish;
  const command: AgentCommand = {
    kind: 'AcquireLock',
    scopes,
    ttlMs: null,
    wait: waits ? { kind: 'queue', forMs: null } : { kind: 'none' },
    reason,
  };
  const reply = await agent.submit(command);
  if (!reply.ok) return { kind: 'refused', acquired: { kind: 'refused', rejection: reply.rejection } };
  return askedOf(agent, scopes, reply.result, reply.revision);
}

function askedOf(agent: KeptAgent, scopes: readonly ScopePath[], result: Result, revision: Revision): Asked {
  if (result.kind === 'queued') {
    const { ticket, position, deadlineMs } = result;
    const wait = agent.waitWith(result, scopes);
    return { kind: 'queued', wait, acquired: { kind: 'waiting', ticket, position, deadlineMs } };
  }
  if (result.kind !== 'granted') throw new Error(`an acquire was answered ${result.kind}`);
  const { locks } = result;
  agent.noteHeld(locks);
  const fresh = locks.filter((lock) => lock.token === revision);
  return { kind: 'granted', fresh, acquired: { kind: 'granted', locks } };
}

function whenLeft(agent: KeptAgent, wait: TicketWait, reply: Awaited<TicketWait['left']>): Acquired {
  if (reply.kind === 'ended') return { kind: 'ended', ticket: wait.ticket, cause: reply.cause };
  agent.noteHeld(reply.locks);
  return { kind: 'granted', locks: reply.locks };
}

/** Takes back what a cancelled call has brought about: its place, or the locks that came with it, but nothing older. */
async function undo(agent: KeptAgent, asked: Asked): Promise<Acquired> {
  if (asked.kind === 'granted') await agent.giveBack(asked.fresh);
  if (asked.kind === 'queued') await giveUp(agent, asked.wait);
  return { kind: 'cancelled' };
}

/** Gives up a place; when the grant came just before, gives back exactly what was granted. */
export async function giveUp(agent: KeptAgent, wait: TicketWait): Promise<void> {
  const reply = await agent.submit({ kind: 'CancelWait' });
  const isCancelled = reply.ok && reply.result.kind === 'waitCancelled' && reply.result.ticket !== null;
  if (!reply.ok || isCancelled) return agent.endWait();
  const left = await wait.left;
  if (left.kind === 'granted') await agent.giveBack(left.locks);
}
