/** What is said of locks that came, did not come, or were passed on. */
import type { ScopePath, Ticket, TicketEndCause } from '../core/index.ts';
import type { Held } from '../participant/index.ts';
import { quoted } from './text.ts';

/** `"services/auth" (token 17)`. */
export function grantsText(locks: readonly Held[]): string {
  return locks.map(({ scope, token }) => `${quoted(scope)} (token ${token})`).join(', ');
}

/** A grant that nobody came for. */
export function passedOnText(locks: readonly Held[]): string {
  return `PASSED ON: ${grantsText(locks)} came while you did not wait, and was not collected in time. Call lock_acquire to ask anew.`;
}

/** A wait that ended without a grant. */
export function vainText(
  scopes: readonly ScopePath[],
  ticket: Ticket,
  cause: TicketEndCause | 'unknown',
): string {
  const next = cause === 'scopeRemoved' ? '' : ' Call lock_acquire to wait anew.';
  return `WAIT ENDED for ${scopes.map(quoted).join(', ')} (ticket ${ticket}): ${vainCauses[cause]}.${next}`;
}

const vainCauses: { readonly [Cause in TicketEndCause | 'unknown']: string } = {
  granted: 'it was granted, but the lease has ended since',
  cancelled: 'the wait was cancelled',
  deadline: 'the time to wait is over',
  left: 'you left',
  lost: 'you were lost meanwhile',
  blockedTooLong: 'it took longer than max_block_time allows',
  scopeRemoved: 'a scope was removed',
  unknown: 'the log no longer says why',
};
