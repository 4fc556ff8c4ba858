/** A telling as it is sent: as <https://www.standardwebhooks.com> has it, so that any library of that reads it. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Revision } from '../core/index.ts';
import type { Telling } from './kinds.ts';

export interface Message {
  /** The same at each try, so that whoever has it already knows. */
  readonly id: string;
  readonly type: Telling['type'];
  readonly revision: Revision | null;
  readonly body: string;
}

const idOf = (...parts: readonly (string | number)[]): string =>
  `evt_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;

/** Of what a log says, `place` says where, by numbers that no other of this `source` has. */
export function messageOf(source: string, place: readonly number[], telling: Telling): Message {
  return asMessage(idOf(source, telling.type, ...place), telling);
}

/** Of what a person tries. */
export const testMessage = (webhook: string, nowMs: number): Message =>
  asMessage(`evt_${randomBytes(16).toString('hex')}`, {
    type: 'webhook.test',
    revision: null,
    atMs: nowMs,
    data: { webhook },
  });

function asMessage(id: string, { type, revision, atMs, data }: Telling): Message {
  const body = JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), revision, data });
  return { id, type, revision, body };
}

/** A text that only the two ends know; `whsec_` so that scanners for secrets find it. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export const isWebhookSecret = (text: unknown): text is string =>
  typeof text === 'string' && /^whsec_[A-Za-z0-9+/]{43}=$/.test(text);

/** One signature for each secret: while an old one is still good, either is enough for whoever reads it. */
export function headersOf(
  { id, body }: Message,
  secrets: readonly string[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
