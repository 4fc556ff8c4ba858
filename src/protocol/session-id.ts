import { createHash } from 'node:crypto';
import { asSessionId, type SessionId } from '../core/index.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the log knows of an agent's secret: its SHA-256 in hexadecimal digits. */
export const sessionIdOf = (secret: string): SessionId => asSessionId(sha256(secret));

/**
 * By what an answer lets two sessions be told apart: whoever has a secret sees whether it is the one in force. A part of a
 * digest of the session id, from which neither that nor the secret can be had.
 */
export const sessionMarkOf = (session: SessionId): string => sha256(session).slice(0, markDigits);

const markDigits = 16;
