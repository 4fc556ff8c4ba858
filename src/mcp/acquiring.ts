import type { Grant, Rejection, Result, Revision, ScopePath, Ticket, TicketEndCause } from '../core/index.ts';
import type { AgentCommand, KeptAgent } from './kept-agent.ts';
import type { TicketWait } from './ticket-wait.ts';

export interface AcquireWish {
  readonly scopes: readonly ScopePath[];
  readonly reason: string | null;
  /** Whether to wait in the queue when it cannot be had at once. */
  readonly waits: boolean;
  /** How much longer the call may take, in milliseconds: finding the coordinator is part of it. */
  leftMs(): number;
}

/** The call that waits, as its client sees it. */
export interface WaitingCall {
  readonly signal: AbortSignal;
  /** Whether it was the client's wish that the call end; false for a connection that broke or a client's time-out. */
  wasCancelled(): boolean;
}

export type Acquired =
  /** `fresh`: those that were not held before. */
  | { readonly kind: 'granted'; readonly locks: readonly Grant[]; readonly fresh: readonly Grant[] }
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
  | { readonly kind: 'unheard' };

/**
 * Asks for locks and waits in the queue, for as long as the call may. When its time is over, the place is kept, and the
 * next call for the same scopes goes on waiting in it. When the client cancels the call, the place is given up.
 */
export async function acquire(
  agent: KeptAgent,
  wish: AcquireWish,
  call: WaitingCall,
  onWaiting: () => () => void,
): Promise<Acquired> {
  const asked = await ask(agent, wish, wish.waits);
  const waits = asked.wait !== null && wish.waits && !call.signal.aborted;
  const acquired = waits ? await waitInLine(agent, wish, call, asked, onWaiting) : asked.acquired;
  return call.signal.aborted ? unheard(agent, call, asked.wait, acquired) : acquired;
}

interface Asked {
  /** Null when there is nothing to wait for. */
  readonly wait: TicketWait | null;
  readonly acquired: Acquired;
}

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
  if (!reply.ok) return { wait: null, acquired: { kind: 'refused', rejection: reply.rejection } };
  return askedOf(agent, scopes, reply.result, reply.revision);
}

function askedOf(agent: KeptAgent, scopes: readonly ScopePath[], result: Result, revision: Revision): Asked {
  if (result.kind === 'queued') {
    const { ticket, position, deadlineMs } = result;
    const wait = agent.waitWith(result, scopes);
    return { wait, acquired: { kind: 'waiting', ticket, position, deadlineMs } };
  }
  if (result.kind !== 'granted') throw new Error(`an acquire was answered ${result.kind}`);
  const { locks } = result;
  agent.noteHeld(locks);
  const fresh = locks.filter((lock) => lock.token === revision);
  return { wait: null, acquired: { kind: 'granted', locks, fresh } };
}

async function waitInLine(
  agent: KeptAgent,
  wish: AcquireWish,
  call: WaitingCall,
  { wait, acquired }: Asked,
  onWaiting: () => () => void,
): Promise<Acquired> {
  if (wait === null) return acquired;
  const stopTelling = onWaiting();
  const end = await wait.attend(wish.leftMs(), call.signal).finally(stopTelling);
  if (end.kind === 'aborted') return acquired;
  // Without the wish to wait: a ticket that has just ended must not be replaced by one at the end of the queue.
  if (end.kind === 'time') return (await ask(agent, wish, false)).acquired;
  const { reply } = end;
  if (reply.kind === 'ended') return { kind: 'ended', ticket: wait.ticket, cause: reply.cause };
  agent.noteHeld(reply.locks);
  return { kind: 'granted', locks: reply.locks, fresh: reply.locks };
}

/**
 * Nobody hears the answer. A client that cancelled the call wants nothing of what it has brought about: neither the place
 * nor the locks that came with it, but nothing older is given back. Any other may come back for them. What another call
 * shares is left to that one.
 */
async function unheard(
  agent: KeptAgent,
  call: WaitingCall,
  wait: TicketWait | null,
  acquired: Acquired,
): Promise<Acquired> {
  if (acquired.kind === 'granted') await unheardGrant(agent, call, wait, acquired.fresh);
  const isPlaceUnwanted = acquired.kind === 'waiting' && call.wasCancelled();
  if (isPlaceUnwanted && agent.wait?.isAttended === false) await giveUp(agent, agent.wait);
  return { kind: 'unheard' };
}

async function unheardGrant(
  agent: KeptAgent,
  call: WaitingCall,
  wait: TicketWait | null,
  fresh: readonly Grant[],
): Promise<void> {
  if (wait !== null && !wait.renounce()) return;
  if (call.wasCancelled()) await agent.giveBack(fresh);
  else agent.keepUntilCollected(fresh);
}

/** Gives up a place; when the grant came just before, gives back exactly what was granted. */
export async function giveUp(agent: KeptAgent, wait: TicketWait): Promise<void> {
  const reply = await agent.submit({ kind: 'CancelWait' });
  const isCancelled = reply.ok && reply.result.kind === 'waitCancelled' && reply.result.ticket !== null;
  if (!reply.ok || isCancelled) return agent.endWait();
  const left = await wait.left;
  if (left.kind === 'granted') await agent.giveBack(left.locks);
}
