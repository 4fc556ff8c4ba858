import type { Context } from 'hono';
import { CoordinatorError, invalidInput } from '../protocol/index.ts';
import type { HttpEnv } from './ports.ts';

/**
 * The JSON object that a request has. Only what says that it is JSON is read: a page of another site cannot send that
 * without asking first. No body is an empty object. Throws `INVALID_INPUT`.
 */
export async function jsonBody(c: Context<HttpEnv>): Promise<Readonly<Record<string, unknown>>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const text = await c.req.text();
  if (type !== 'application/json' && !(text === '' && type === undefined))
    throw new CoordinatorError('INVALID_INPUT', 'Content-Type: application/json is expected', {
      details: { path: '', status: 415 },
    });
  if (text === '') return {};
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalidInput('', 'the body is not a JSON object');
}

/** The body is larger than any that makes sense. */
export function tooLarge(bytesMax: number): CoordinatorError {
  return new CoordinatorError('INVALID_INPUT', `a request may have at most ${bytesMax} bytes`, {
    details: { path: '', status: 413 },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** A whole number from the query of an address; `otherwise` where it is not there. Throws `INVALID_INPUT`. */
export function numberIn(c: Context<HttpEnv>, name: string, otherwise: number, max: number): number {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value <= max) return value;
  throw invalidInput(name, `a whole number of at most ${max} expected`);
}
