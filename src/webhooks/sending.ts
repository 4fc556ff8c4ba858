import type { Time } from '../time/index.ts';
import { headersOf, type Message } from './message.ts';

/** Where a message goes, and by what whoever gets it knows from whom it is. */
export interface Receiver {
  readonly url: string;
  readonly secrets: readonly string[];
}

/** What came of one try. */
export interface Answer {
  /** Of HTTP; null: there was no answer. */
  readonly status: number | null;
  /** Why there was none: `TIMED_OUT`, or what the system calls it; null: there was one. */
  readonly problem: string | null;
  readonly tookMs: number;
  /** How long the receiver wants to be left alone; null: it did not say. */
  readonly waitMs: number | null;
  /** Its beginning; not to be kept. */
  readonly text: string;
}

export type Send = (receiver: Receiver, message: Message, signal: AbortSignal) => Promise<Answer>;

export const isDelivered = ({ status }: Pick<Answer, 'status'>): boolean =>
  status !== null && status >= 200 && status < 300;

const patienceMs = 15_000;
/** Of an answer. A receiver that never ends must not be listened to for ever. */
const answerBytesMax = 4_096;

/** Sends over HTTP. Where it leads on to is not followed: an address that a person has not given is not called. */
export function sendOver(fetched: typeof fetch, time: Time, userAgent: string): Send {
  return async ({ url, secrets }, message, signal) => {
    const beganMs = time.monotonicMs();
    const late = new AbortController();
    const stopClock = time.schedule(patienceMs, () => late.abort());
    const tookMs = (): number => time.monotonicMs() - beganMs;
    try {
      const answer = await fetched(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...headersOf(message, secrets, time.wallMs()), 'user-agent': userAgent },
        body: message.body,
        signal: AbortSignal.any([late.signal, signal]),
      });
      const { status, headers } = answer;
      const text = await beginningOf(answer);
      return { status, problem: null, tookMs: tookMs(), waitMs: waitOf(headers), text };
    } catch (error) {
      const problem = late.signal.aborted ? 'TIMED_OUT' : codeOf(error);
      return { status: null, problem, tookMs: tookMs(), waitMs: null, text: '' };
    } finally {
      stopClock();
    }
  };
}

/** What comes after the status is of no weight: also not that it breaks off. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  try {
    for (let bytes = 0; bytes < answerBytesMax;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done || value === undefined) break;
      parts.push(value);
      bytes += value.length;
    }
    await reader.cancel();
  } catch {
    // What was read counts.
  }
  return Buffer.concat(parts).subarray(0, answerBytesMax).toString('utf8');
}

/** `Retry-After` in seconds; as a date hardly anybody says it. */
function waitOf(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : null;
}

/** A word of the system such as `ECONNREFUSED`; never its sentence, in which an address may stand. */
function codeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  const code = cause?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,62}$/.test(code) ? code : 'NO_ANSWER';
}
