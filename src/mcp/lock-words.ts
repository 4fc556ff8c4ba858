/** What is said of locks that came, did not come, or were passed on. */
import { shownNames, type Ticket, type TicketEndCause, type Wish } from '../core/index.ts';
import type { Held, TicketWait } from '../participant/index.ts';
import { quoted } from './text.ts';
import { shownLock, someNames, vainEnds } from '../wording/index.ts';

/** `"services/auth" (token 17)`. */
export function grantsText(locks: readonly Held[]): string {
  return locks.map((lock) => `${quoted(shownLock(lock))} (token ${lock.token})`).join(', ');
}

/** A grant that nobody came for. */
export function passedOnText(locks: readonly Held[]): string {
  return `PASSED ON: ${grantsText(locks)} came while you did not wait, and was not collected in time. Call lock_acquire to ask anew.`;
}

/** `You wait for "a" with ticket 7: go on with lock_acquire.` */
export function waitsText({ wish, ticket }: Pick<TicketWait, 'wish' | 'ticket'>): string {
  return `You wait for ${someNames(shownNames(wish).map(quoted))} with ticket ${ticket}: go on with lock_acquire.`;
}

/** A wait that ended without a grant. */
export function vainText(wish: Wish, ticket: Ticket, cause: TicketEndCause | 'unknown'): string {
  const next = cause === 'scopeRemoved' ? '' : ' Call lock_acquire to wait anew.';
  return `WAIT ENDED for ${someNames(shownNames(wish).map(quoted))} (ticket ${ticket}): ${vainEnds[cause]}.${next}`;
}
