import type {
  DurationMs,
  Grant,
  QueuedResult,
  Revision,
  ScopePath,
  TicketEndCause,
  WaitWish,
} from '../../core/index.ts';
import { sessionIdOf, sessionMarkOf } from '../../protocol/index.ts';
import type { Coordinator, TicketReply } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { SignalName } from '../context.ts';
import { invalidInput } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { RefusedWish } from '../format/refusal.ts';
import { count, line, shellCommand } from '../format/text.ts';
import { duration } from '../format/time.ts';
import type { Outcome, Rejected } from '../outcome.ts';
import { exitCodeAfter, firstSignal } from '../signals.ts';
import type { Session } from '../world.ts';
import { canTell, liveLine } from '../live-line.ts';
import { every } from '../repeating.ts';
import { proofOf, refusal, resultOf, submit } from './speak.ts';

export interface AcquireWish {
  readonly scopes: readonly ScopePath[];
  readonly ttlMs: DurationMs | null;
  readonly wait: WaitWish;
  readonly reason: string | null;
}

export type Acquired = Granted | NotGranted;
export interface Granted {
  readonly kind: 'granted';
  readonly revision: Revision;
  readonly locks: readonly Grant[];
}
export type NotGranted =
  | { readonly kind: 'refused'; readonly reply: Rejected }
  | {
      readonly kind: 'waitedInVain';
      readonly revision: Revision;
      readonly cause: TicketEndCause | 'unknown';
      readonly waitedMs: number;
    }
  | {
      readonly kind: 'interrupted';
      readonly signal: SignalName;
      /** Why the place could not be given back; null: it was. */
      readonly stuck: string | null;
    };

/** Asks for locks and, if the wish says so, waits in the queue for as long as it takes. */
export async function acquire(call: Call, session: Session, wish: AcquireWish): Promise<Acquired> {
  const { scopes, ttlMs, wait, reason } = wish;
  const reply = await submit(call, {
    kind: 'AcquireLock',
    ...proofOf(session),
    scopes,
    ttlMs,
    wait,
    reason,
  });
  if (!reply.ok) return { kind: 'refused', reply };
  if (reply.result.kind === 'granted')
    return { kind: 'granted', revision: reply.revision, locks: reply.result.locks };
  if (reply.result.kind === 'queued') return waitInLine(call, session, reply.result, scopes);
  throw new Error(`the coordinator answered ${reply.result.kind} to an acquire`);
}

/**
 * Waits for the ticket to be served. Heartbeats keep the waiting agent present; a signal gives the place in the queue
 * back before the process ends, so that nobody waits behind a ghost.
 */
async function waitInLine(
  call: Call,
  session: Session,
  queued: QueuedResult,
  scopes: readonly ScopePath[],
): Promise<Acquired> {
  const coordinator = await call.coordinator();
  const abort = new AbortController();
  const interrupt = firstSignal(call.context, () => abort.abort());
  const startedMs = call.context.clock.monotonicMs();
  const stopTelling = tellWaiting(call, queued, scopes);
  const stopBeating = keepPresent(call, session);
  try {
    const ask = { agent: session.agent, ticket: queued.ticket };
    const reply = await coordinator.awaitTicket(ask, abort.signal);
    const refused = reply.kind === 'granted' ? await refusedMeanwhile(call, coordinator, session) : null;
    if (refused !== null) return { kind: 'refused', reply: refused };
    return whenLeft(reply, Math.round(call.context.clock.monotonicMs() - startedMs));
  } catch (error) {
    const signal = interrupt.signal();
    if (signal === null) throw error;
    stopTelling();
    const stuck = await giveUp(call, coordinator, session, queued).then(() => null, messageOf);
    return { kind: 'interrupted', signal, stuck };
  } finally {
    stopBeating();
    stopTelling();
    interrupt.off();
  }
}

/**
 * The ticket is the name's: where another process goes on as the agent by now, what the ticket brings is that one's. An
 * answer shows that there may be another; the coordinator, which is asked then, decides.
 */
async function refusedMeanwhile(
  call: Call,
  coordinator: Coordinator,
  session: Session,
): Promise<Rejected | null> {
  const status = await coordinator.query({ kind: 'status', at: null }).catch(() => null);
  const mark = status?.agents.find(({ agent }) => agent === session.agent)?.sessionMark;
  if (mark === undefined || mark === sessionMarkOf(sessionIdOf(session.secret))) return null;
  const reply = await submit(call, { kind: 'Heartbeat', ...proofOf(session) });
  return reply.ok ? null : reply;
}

function whenLeft(reply: TicketReply, waitedMs: number): Acquired {
  if (reply.kind === 'granted') return reply;
  return { kind: 'waitedInVain', revision: reply.revision, cause: reply.cause, waitedMs };
}

/** Gives the place back; when the grant came just before, gives back exactly what was granted. */
async function giveUp(
  call: Call,
  coordinator: Coordinator,
  session: Session,
  queued: QueuedResult,
): Promise<void> {
  const reply = await submit(call, { kind: 'CancelWait', ...proofOf(session) });
  if (!reply.ok || reply.result.kind !== 'waitCancelled' || reply.result.ticket !== null) return;
  const left = await coordinator.awaitTicket({ agent: session.agent, ticket: queued.ticket });
  if (left.kind === 'granted') await releaseGrants(call, session, left.locks);
}

/**
 * Releases exactly these grants, which came in one command and so share one token; names those that were not held under
 * it any more.
 */
export async function releaseGrants(
  call: Call,
  session: Session,
  locks: readonly Grant[],
): Promise<readonly ScopePath[]> {
  const [first, ...more] = locks;
  if (first === undefined) return [];
  const scopes = locks.map((lock) => lock.scope);
  const release = { kind: 'ReleaseLock', ...proofOf(session), scopes, token: first.token } as const;
  const reply = await submit(call, release);
  if (reply.ok) {
    const { scopes: released } = resultOf(reply.result, 'released');
    return scopes.filter((scope) => !released.includes(scope));
  }
  if (more.length === 0) return scopes;
  // All or none are given back in one command: one that was lost must not keep the others.
  const rest: ScopePath[] = [];
  for (const lock of locks) rest.push(...(await releaseGrants(call, session, [lock])));
  return rest;
}

/** Sends heartbeats, three to a session's length, until told to stop. */
function keepPresent(call: Call, session: Session): () => void {
  let stop: (() => void) | null = null;
  let stopped = false;
  const beat = async (): Promise<void> => {
    await submit(call, { kind: 'Heartbeat', ...proofOf(session) });
  };
  const start = async (): Promise<void> => {
    const { settings } = await (await call.coordinator()).query({ kind: 'status', at: null });
    if (!stopped) stop = every(call.context.clock, settings.sessionTtlMs / 3, beat);
  };
  // Without the settings there is no beat; the wait itself then says what is wrong with the connection.
  start().catch(() => undefined);
  return () => {
    stopped = true;
    stop?.();
  };
}

/** One line on a terminal that says how long it has been; one plain line elsewhere. */
function tellWaiting(call: Call, queued: QueuedResult, scopes: readonly ScopePath[]): () => void {
  const place = queued.position === 1 ? 'next in line' : `${count(queued.position - 1, 'agent')} ahead`;
  const what = line`waiting for ${scopes.join(', ')}: ${place} (ticket ${queued.ticket})`;
  if (canTell(call)) return liveLine(call, what, call.context.clock.monotonicMs());
  if (!call.json) call.note(what);
  return () => undefined;
}

/** How a command ends that did not get its locks. */
export async function notGranted(
  call: Call,
  session: Session,
  scopes: readonly ScopePath[],
  end: NotGranted,
  wish: Pick<RefusedWish, 'asking'> = {},
): Promise<Outcome> {
  if (end.kind === 'refused') return refusal(call, end.reply, { agent: session.agent, scopes, ...wish });
  if (end.kind === 'interrupted') return interruptedOutcome(session, scopes, end);
  const { revision, cause, waitedMs } = end;
  const message = `waited ${duration(waitedMs)} for ${scopes.join(', ')} in vain: ${vainCauses[cause]}`;
  return {
    kind: 'refused',
    exitCode: exitCodes.waitedInVain,
    revision,
    code: 'WAITED_IN_VAIN',
    message,
    details: { cause, scopes, waitedMs },
  };
}

function interruptedOutcome(
  { agent }: Session,
  scopes: readonly ScopePath[],
  { signal, stuck }: Extract<NotGranted, { kind: 'interrupted' }>,
): Outcome {
  const cancel = shellCommand('rhema', 'lock', 'cancel', '--agent', agent);
  const place = stuck === null ? 'was given back' : `could not be given back (${stuck}): ${cancel}`;
  return {
    kind: 'refused',
    exitCode: exitCodeAfter(signal),
    revision: null,
    code: 'INTERRUPTED',
    message: `interrupted: the place in the queue ${place}`,
    details: { scopes, signal },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const vainCauses: { readonly [Cause in TicketEndCause | 'unknown']: string } = {
  granted: 'the lock was granted, but has ended since',
  cancelled: 'the wait was cancelled',
  deadline: 'the time to wait is over',
  left: 'the agent left meanwhile',
  lost: 'the agent was lost meanwhile; join again',
  blockedTooLong: 'longer than max_block_time allows',
  scopeRemoved: 'a scope was removed meanwhile',
  unknown: 'the wait ended, and the log no longer says how',
};

/** `--wait` alone waits as long as the rules allow, `--wait 30s` at most that long, and without it nobody waits. */
export async function waitWish(
  option: string | true | undefined,
  hint = 'scopes go before --wait, or write --wait=30s',
): Promise<WaitWish> {
  if (option === undefined) return { kind: 'none' };
  if (option === true) return { kind: 'queue', forMs: null };
  const forMs = await durationOption('--wait', option, hint);
  return forMs === 0 ? { kind: 'none' } : { kind: 'queue', forMs };
}

/** An option that takes a length of time. */
export async function durationOption(name: string, text: string, hint?: string): Promise<DurationMs> {
  const { parseDuration } = await import('../../config/index.ts');
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput(`${name}: ${parsed.problem}${hint === undefined ? '' : `; ${hint}`}`);
}
