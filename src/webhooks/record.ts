import { asRevision, type Revision } from '../core/index.ts';
import { isWebhookSecret } from './message.ts';
import { webhookKinds, type Choice, type WebhookKind } from './kinds.ts';
import type { Delivery, SwitchedOff, WebhookState } from './state.ts';

/** What a person has said of a webhook. */
export interface WebhookRecord extends Choice {
  /** 12 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** The newest first. */
  readonly secrets: readonly KeptSecret[];
  readonly createdAtMs: number;
  /** Grows with each time that a person switches it on again. */
  readonly turn: number;
  /** It tells nothing that is before this. */
  readonly from: Revision;
}

export interface KeptSecret {
  readonly secret: string;
  /** From when it signs no more; null: it is the newest. */
  readonly untilMs: number | null;
}

/** Those that sign at a moment. */
export const secretsAt = ({ secrets }: WebhookRecord, nowMs: number): readonly string[] =>
  secrets.flatMap(({ secret, untilMs }) => (untilMs === null || untilMs > nowMs ? secret : []));

/** The record that a file's text has; null where it has none. */
export function decodeWebhook(text: string): WebhookRecord | null {
  const record = parsed(text) as Partial<WebhookRecord> | null;
  const { id, name, url, on, scope, secrets, createdAtMs, turn, from } = record ?? {};
  if (typeof id !== 'string' || typeof name !== 'string') return null;
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  if (!isListOf(on, isKind) || !isListOf(secrets, isKeptSecret) || secrets.length === 0) return null;
  if (!isText(scope) || !isCount(createdAtMs) || !isCount(turn) || !isCount(from)) return null;
  return { id, name, url, on, scope, secrets, createdAtMs, turn, from: asRevision(from) };
}

/** The state that a file's text has; null where it has none. */
export function decodeState(text: string): WebhookState | null {
  const state = parsed(text) as Partial<WebhookState> | null;
  const { turn, next, off, failingSinceMs, nextTryAtMs, deliveries } = state ?? {};
  if (!isCount(turn) || !isCount(next?.revision) || !isCount(next.event)) return null;
  if (off !== null && !isOff(off)) return null;
  if (!isNumber(failingSinceMs) || !isNumber(nextTryAtMs) || !isListOf(deliveries, isDelivery)) return null;
  const place = { revision: asRevision(next.revision), event: next.event };
  return { turn, next: place, off, failingSinceMs, nextTryAtMs, deliveries };
}

const isKind = (one: unknown): one is WebhookKind => webhookKinds.some((kind) => kind === one);
const isCount = (one: unknown): one is number => Number.isSafeInteger(one) && (one as number) >= 0;
const isText = (one: unknown): one is string | null => one === null || typeof one === 'string';
const isNumber = <Number extends number>(one: Number | null | undefined): one is Number | null =>
  one === null || isCount(one);

const isListOf = <T>(list: unknown, is: (one: unknown) => one is T): list is readonly T[] =>
  Array.isArray(list) && list.every(is);

function isKeptSecret(one: unknown): one is KeptSecret {
  const { secret, untilMs } = (one ?? {}) as Partial<KeptSecret>;
  return isWebhookSecret(secret) && isNumber(untilMs);
}

function isOff(one: unknown): one is SwitchedOff {
  const { atMs, why } = (one ?? {}) as Partial<SwitchedOff>;
  return isCount(atMs) && (why === 'gone' || why === 'failing');
}

function isDelivery(one: unknown): one is Delivery {
  const { id, type, revision, tries, delivered, triedAtMs, tookMs, status, problem } = (one ??
    {}) as Partial<Delivery>;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof delivered !== 'boolean') return false;
  if (![tries, triedAtMs, tookMs].every(isCount)) return false;
  return isNumber(revision) && isNumber(status) && isText(problem);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
