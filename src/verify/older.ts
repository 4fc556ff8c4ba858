/**
 * What logs of older versions have that the present machine would not write:
 *
 * - Locks and waits that ended with the definition of their scope. Now the scope outlives it.
 * - An agent whose name reads like that of another. Now such a join is refused.
 * - Grants that do not say that the asker held the lock already.
 */
import type { Entry, Event, Grant, RejectionCode } from '../core/index.ts';

/** Whether an entry is of rules that are no more. */
export function isOfOlderRules({ events }: Entry): boolean {
  return events.some(endsWithItsScope);
}

function endsWithItsScope(event: Event): boolean {
  return (event.kind === 'lock.released' || event.kind === 'ticket.ended') && event.cause === 'scopeRemoved';
}

/** Whether an older version would not have refused for this reason. */
export function isNewRefusal(code: RejectionCode): boolean {
  return code === 'NAME_TOO_SIMILAR';
}

/** What the machine answers now, without what the recorded answer shows that its version did not say. */
export function inWordsOf(recorded: Entry, answered: Entry): Entry {
  const { result } = answered;
  if (result.kind !== 'granted' || saysAlready(recorded)) return answered;
  return { ...answered, result: { ...result, locks: result.locks.map(withoutAlready) } };
}

function saysAlready({ result }: Entry): boolean {
  return result.kind === 'granted' && result.locks.some((lock) => 'already' in lock || 'sinceMs' in lock);
}

function withoutAlready({ already: _already, sinceMs: _sinceMs, ...grant }: Grant): Grant {
  return grant;
}
