import { roles, type Principal, type Role } from '../protocol/index.ts';

/** What is kept of a token: everything but the token. */
export interface TokenRecord extends Principal {
  /** 12 hex digits; part of the token, and no secret. */
  readonly id: string;
  /** SHA-256 of the token, in hex. */
  readonly digest: string;
  readonly createdAtMs: number;
  /** From when it lets nobody in any more; null: never. */
  readonly expiresAtMs: number | null;
}

/** The record that a file's text has; null where it has none. */
export function decodeRecord(text: string): TokenRecord | null {
  const record = parsed(text) as Partial<TokenRecord> | null;
  const { id, name, role, agents, digest, createdAtMs, expiresAtMs } = record ?? {};
  if (typeof id !== 'string' || typeof name !== 'string' || !isRole(role)) return null;
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) return null;
  if (typeof createdAtMs !== 'number' || (expiresAtMs !== null && typeof expiresAtMs !== 'number'))
    return null;
  if (!Array.isArray(agents) || !agents.every((pattern) => typeof pattern === 'string')) return null;
  return { id, name, role, agents, digest, createdAtMs, expiresAtMs };
}

const isRole = (text: unknown): text is Role => roles.some((role) => role === text);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
