import { shownNames, withoutNone } from '../../core/index.ts';
import type { DurationMs, QueuedResult, Ticket, WaitWish, Wish } from '../../core/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import {
  acquire as acquireLocks,
  type AcquireWish,
  type AgentSession,
  type Granted,
  type NotGranted as NotGrantedTo,
} from '../../participant/index.ts';
import type { Call } from '../call.ts';
import type { SignalName } from '../process/ports.ts';
import { invalidInput } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { RefusedWish } from '../format/refusal.ts';
import { line } from '../format/text.ts';
import { clockTime } from '../format/time.ts';
import type { Outcome } from '../answer/outcome.ts';
import { exitCodeAfter, firstSignal } from '../process/signals.ts';
import { canTell, liveLine } from '../process/live-line.ts';
import { agentPorts, refusal } from './speak.ts';
import { count, duration, someNames, vainEnds } from '../../wording/index.ts';

/** Not all that is not granted is refused: a signal ends the wait, too. */
export type NotGranted =
  | Exclude<NotGrantedTo, { kind: 'gaveUp' }>
  | {
      readonly kind: 'interrupted';
      readonly signal: SignalName;
      /** Why the ticket could not be given back; null: it was. */
      readonly stuck: string | null;
    };

/**
 * Asks for locks and, if the wish says so, waits in the queue for as long as it takes. A signal gives the ticket
 * back before the process ends.
 */
export async function acquire(
  call: Call,
  session: AgentSession,
  wish: AcquireWish,
): Promise<Granted | NotGranted> {
  const abort = new AbortController();
  let first: () => SignalName | null = () => null;
  let stop = (): void => undefined;
  let stopTelling = (): void => undefined;
  let ticket: Ticket | null = null;
  const hooks = {
    signal: abort.signal,
    onQueued: (queued: QueuedResult): void => {
      ticket = queued.ticket;
      call.attended.add(queued.ticket);
      const interrupt = firstSignal(call.ports, () => abort.abort());
      first = () => interrupt.signal();
      stop = () => interrupt.off();
      stopTelling = tellWaiting(call, queued, wish);
    },
    onGivingUp: () => stopTelling(),
  };
  try {
    const acquired = await acquireLocks(await agentPorts(call), session, wish, hooks);
    if (acquired.kind !== 'gaveUp') return acquired;
    const { stuck } = acquired;
    const signal = first();
    if (signal === null) throw new Error('a ticket was given up without a signal');
    return { kind: 'interrupted', signal, stuck: stuck === null ? null : messageOf(stuck.error) };
  } catch (error) {
    throw ticket === null ? error : leftWaiting(call, session, ticket, error);
  } finally {
    stopTelling();
    stop();
  }
}

/** The queue has the ticket still, of which whoever reads only that there is no answer would not think. */
function leftWaiting(call: Call, { agent }: AgentSession, ticket: Ticket, error: unknown): unknown {
  if (!(error instanceof CoordinatorError) || error.code !== 'UNAVAILABLE') return error;
  const { code, message, retryable, details } = error;
  const cancel = call.rhema('lock', 'cancel', '--agent', agent);
  return new CoordinatorError(
    code,
    `${message}; ticket ${ticket} waits on while the session of ${agent} lasts: ask again to wait with it, or give it back: ${cancel}`,
    { retryable, details: { ...details, ticket }, cause: error },
  );
}

/** One line on a terminal that says how long it has been; one plain line elsewhere. */
function tellWaiting(call: Call, queued: QueuedResult, wish: AcquireWish): () => void {
  const standing = queued.position === 1 ? 'next in line' : `${count(queued.position - 1, 'agent')} ahead`;
  const until = isCutShort(queued, wish, call.nowMs)
    ? `, until ${clockTime(queued.deadlineMs, call.nowMs)} at most, by max_block_time`
    : '';
  const what = line`waiting for ${someNames(shownNames(wish))}: ${standing} (ticket ${queued.ticket})${until}`;
  if (canTell(call)) return liveLine(call, what, call.ports.clock.monotonicMs());
  if (!call.json) call.note(what);
  return () => undefined;
}

/** Less than a clock is read to is no difference. */
const unnoticedMs = 5_000;

/** Whether the rules end the wait before the time that was asked for. */
function isCutShort({ deadlineMs }: QueuedResult, { wait }: AcquireWish, nowMs: number): boolean {
  return wait.kind === 'queue' && wait.forMs !== null && deadlineMs < nowMs + wait.forMs - unnoticedMs;
}

/** How a command ends that did not get its locks. */
export async function notGranted(
  call: Call,
  session: AgentSession,
  asked: Wish,
  end: NotGranted,
  wish: Pick<RefusedWish, 'asking'> = {},
): Promise<Outcome> {
  const names = shownNames(asked);
  if (end.kind === 'refused')
    return refusal(call, end.reply, { agent: session.agent, scopes: names, ...wish });
  if (end.kind === 'interrupted') return interruptedOutcome(call, session, asked, end);
  const { revision, cause, waitedMs, kept } = end;
  const message = `waited ${duration(waitedMs)} for ${someNames(names)} in vain: ${vainEnds[cause]}`;
  const cancel = call.rhema('lock', 'cancel', '--agent', session.agent);
  const keeps =
    kept === null
      ? null
      : `${session.agent} had ticket ${kept.ticket} before, and keeps it until ${clockTime(kept.deadlineMs, call.nowMs)}`;
  return {
    kind: 'refused',
    exitCode: exitCodes.waitedInVain,
    revision,
    code: 'WAITED_IN_VAIN',
    message: keeps === null ? message : `${message}; ${keeps}`,
    details: {
      cause,
      ...withoutNone(asked),
      waitedMs,
      ...(kept === null ? {} : { ticket: kept.ticket, deadlineMs: kept.deadlineMs }),
    },
    ...(keeps === null ? {} : { lines: [message, keeps, `try: ${cancel}`] }),
  };
}

function interruptedOutcome(
  call: Call,
  { agent }: AgentSession,
  asked: Wish,
  { signal, stuck }: Extract<NotGranted, { kind: 'interrupted' }>,
): Outcome {
  const cancel = call.rhema('lock', 'cancel', '--agent', agent);
  const outcome = stuck === null ? 'was given back' : `could not be given back (${stuck}): ${cancel}`;
  return {
    kind: 'refused',
    exitCode: exitCodeAfter(signal),
    revision: null,
    code: 'INTERRUPTED',
    message: `interrupted: the ticket ${outcome}`,
    details: { ...withoutNone(asked), signal },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

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

/** What is asked of a lease, as it is typed. */
export interface LeaseInput {
  readonly wait?: string | true;
  readonly ttl?: string;
  readonly reason?: string;
}

/** The same for a line to copy, which drops nothing of it. */
export function leaseWords({ wait, ttl, reason }: LeaseInput, isWaiting: boolean): string[] {
  const isTime = typeof wait === 'string' && (!isWaiting || /[1-9]/.test(wait));
  return [
    ...(ttl === undefined ? [] : ['--ttl', ttl]),
    ...(reason === undefined ? [] : ['--reason', reason]),
    ...(isWaiting || wait !== undefined ? ['--wait', ...(isTime ? [wait] : [])] : []),
  ];
}

/** An option that takes a length of time. */
export async function durationOption(name: string, text: string, hint?: string): Promise<DurationMs> {
  const { parseDuration } = await import('../../config/index.ts');
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput(`${name}: ${parsed.problem}${hint === undefined ? '' : `; ${hint}`}`);
}
