import type { Context, MiddlewareHandler } from 'hono';
import { CoordinatorError } from '../protocol/index.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { Rates } from './rates.ts';

/** Attempts without a valid token that one address has. */
const guesses = { burst: 20, perSecond: 0.2 };

/** Lets in whoever has a token, as often as it may. */
export function admission(ports: HttpPorts): MiddlewareHandler<HttpEnv> {
  const { requestsPerSecond } = ports.limits;
  const failed = new Rates(guesses, ports.time);
  const asked = new Rates({ burst: requestsPerSecond, perSecond: requestsPerSecond }, ports.time);
  return async (c, next) => {
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const admitted = token === undefined ? 'missing' : ports.admit(token);
    const isLetIn = (): boolean => token !== undefined && typeof ports.admit(token) !== 'string';
    if (typeof admitted === 'string') {
      const address = addressOf(c, ports);
      if (!failed.take(address)) throw tooOften(failed.secondsUntilNext(address), 'without a valid token');
      throw unauthenticated(admitted);
    }
    if (!asked.take(admitted.name)) throw tooOften(asked.secondsUntilNext(admitted.name), 'by this token');
    c.set('principal', admitted);
    c.set('isLetIn', isLetIn);
    await next();
  };
}

function addressOf(c: Context<HttpEnv>, { behindProxy }: HttpPorts): string {
  const told = behindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  return told ?? c.env.incoming?.socket?.remoteAddress ?? 'unknown';
}

const why = {
  missing:
    'a token is needed: send Authorization: Bearer TOKEN; an operator makes one by: rhema token create',
  unknown: 'this token is not known here, or was revoked: ask an operator for another (rhema token create)',
  revoked: 'the token of this stream was revoked, or has expired meanwhile: ask an operator for another',
  expired: 'this token has expired: ask an operator for another (rhema token create)',
};

export const unauthenticated = (reason: keyof typeof why): CoordinatorError =>
  new CoordinatorError('UNAUTHENTICATED', why[reason], { details: { reason } });

const tooOften = (retryAfterSeconds: number, what: string): CoordinatorError =>
  new CoordinatorError(
    'RATE_LIMITED',
    `too many requests ${what}: ask again in ${Math.max(1, retryAfterSeconds)} s`,
    { retryable: true, details: { retryAfterSeconds: Math.max(1, retryAfterSeconds) } },
  );
