/**
 * How far a webhook has come. It tells one thing at a time, in the order of the log, and tries each until it has arrived: after a
 * failure it waits, twice as long each time, up to an hour. It is switched off by a receiver that says that it is gone (410), and
 * after three days of failures alone; a person switches it on again, and it goes on where it was.
 */
import { asRevision, type Revision } from '../core/index.ts';
import type { BackoffMs } from '../time/index.ts';
import type { Message } from './message.ts';
import { isDelivered, type Answer } from './sending.ts';

/** The next event of the log that is to be looked at. */
export interface Place {
  readonly revision: Revision;
  readonly event: number;
}

export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly revision: Revision | null;
  readonly tries: number;
  readonly delivered: boolean;
  readonly triedAtMs: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly problem: string | null;
}

export interface SwitchedOff {
  readonly atMs: number;
  readonly why: 'gone' | 'failing';
}

export interface WebhookState {
  /** Which of the beginnings that a person has asked for it goes on from. */
  readonly turn: number;
  readonly next: Place;
  readonly off: SwitchedOff | null;
  /** Since when nothing has arrived; null: the last try did. */
  readonly failingSinceMs: number | null;
  readonly nextTryAtMs: number | null;
  /** The oldest first. */
  readonly deliveries: readonly Delivery[];
}

export const deliveriesMax = 50;
/** Between tries. The chance keeps several webhooks from coming back in step. */
export const pauses = { firstMs: 2_000, longestMs: 3_600_000, jitter: 0.25 } as const;
export const failingMaxMs = 3 * 86_400_000;

export const beginningAt = (turn: number, revision: Revision): WebhookState => ({
  turn,
  next: { revision, event: 0 },
  off: null,
  failingSinceMs: null,
  nextTryAtMs: null,
  deliveries: [],
});

/** A person has switched it on again; it goes on where it was, or where that person said, if it has not come so far. */
export const turnedOn = (state: WebhookState, turn: number, from: Revision): WebhookState => ({
  ...state,
  turn,
  next: from > state.next.revision ? { revision: from, event: 0 } : state.next,
  off: null,
  failingSinceMs: null,
  nextTryAtMs: null,
});

export const movedTo = (state: WebhookState, revision: number, event = 0): WebhookState => ({
  ...state,
  next: { revision: asRevision(revision), event },
});

/** After one try. */
export function afterTry(
  state: WebhookState,
  message: Message,
  answer: Answer,
  nowMs: number,
  pauseMs: BackoffMs,
): WebhookState {
  const last = state.deliveries.at(-1);
  const isRepeat = last?.id === message.id && !last.delivered;
  const tries = isRepeat ? last.tries + 1 : 1;
  const delivered = isDelivered(answer);
  const before = isRepeat ? state.deliveries.slice(0, -1) : state.deliveries;
  const { id, type, revision } = message;
  const { status, problem, tookMs } = answer;
  const delivery = { id, type, revision, tries, delivered, triedAtMs: nowMs, tookMs, status, problem };
  const deliveries = [...before, delivery].slice(-deliveriesMax);
  if (delivered) return { ...state, deliveries, failingSinceMs: null, nextTryAtMs: null };
  const failingSinceMs = state.failingSinceMs ?? nowMs;
  const off = switchedOff(answer, failingSinceMs, nowMs);
  const waitMs = Math.ceil(Math.min(pauses.longestMs, Math.max(answer.waitMs ?? 0, pauseMs(tries))));
  return { ...state, deliveries, failingSinceMs, off, nextTryAtMs: off === null ? nowMs + waitMs : null };
}

function switchedOff({ status }: Answer, failingSinceMs: number, nowMs: number): SwitchedOff | null {
  if (status === 410) return { atMs: nowMs, why: 'gone' };
  return nowMs - failingSinceMs >= failingMaxMs ? { atMs: nowMs, why: 'failing' } : null;
}
