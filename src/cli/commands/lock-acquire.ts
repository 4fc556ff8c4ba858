import type { Grant, Revision } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { clockTime, relative } from '../format/time.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../world.ts';
import { acquire, durationOption, notGranted, waitWish } from './acquiring.ts';
import { scopesOf } from './scopes-of.ts';

export interface AcquireInput {
  readonly scopes: readonly string[];
  readonly agent?: string;
  readonly wait?: string | true;
  readonly ttl?: string;
  readonly reason?: string;
}

/** Takes the locks of one or several scopes as a unit, at once or after waiting in line. */
export async function acquireLock(call: Call, input: AcquireInput): Promise<Outcome> {
  const session = await call.session(input.agent);
  const scopes = await scopesOf(call, input.scopes);
  const acquired = await acquire(call, session, {
    scopes,
    ttlMs: input.ttl === undefined ? null : await durationOption('--ttl', input.ttl),
    wait: await waitWish(input.wait),
    reason: input.reason ?? null,
  });
  if (acquired.kind !== 'granted') return notGranted(call, session, scopes, acquired);
  return grantedOutcome(call, session, acquired.revision, acquired.locks);
}

/**
 * `token` is that of the newest grant, which is the only one unless some of the scopes were held before; `deadline` is
 * the earliest.
 */
export function grantedOutcome(
  call: Call,
  session: Session,
  revision: Revision,
  locks: readonly Grant[],
): Outcome {
  const token = Math.max(...locks.map((lock) => lock.token));
  const deadlineMs = Math.min(...locks.map((lock) => lock.deadlineMs));
  const data = { agent: session.agent, token, deadlineMs, locks };
  return done(revision, data, () => locks.map((lock) => heldText(call, session, lock)).join('\n'));
}

function heldText(call: Call, { agent }: Session, lock: Grant): string {
  const until = `until ${clockTime(lock.deadlineMs, call.nowMs)} (${relative(lock.deadlineMs, call.nowMs)})`;
  const contended = lock.contendedSinceMs === null ? '' : '; others wait for it';
  return line`${agent} holds ${lock.scope} ${until}, token ${lock.token}${contended}`;
}
