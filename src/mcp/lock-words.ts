/** What is said of locks that came, did not come, or were passed on. */
import type { ScopePath, Ticket, TicketEndCause } from '../core/index.ts';
import type { Held, TicketWait } from '../participant/index.ts';
import { quoted } from './text.ts';
import { vainEnds } from '../wording/index.ts';

/** `"services/auth" (token 17)`. */
export function grantsText(locks: readonly Held[]): string {
  return locks.map(({ scope, token }) => `${quoted(scope)} (token ${token})`).join(', ');
}

/** A grant that nobody came for. */
export function passedOnText(locks: readonly Held[]): string {
  return `PASSED ON: ${grantsText(locks)} came while you did not wait, and was not collected in time. Call lock_acquire to ask anew.`;
}

/** `You wait for "a" with ticket 7: go on with lock_acquire.` */
export function waitsText({ scopes, ticket }: Pick<TicketWait, 'scopes' | 'ticket'>): string {
  return `You wait for ${scopes.map(quoted).join(', ')} with ticket ${ticket}: go on with lock_acquire.`;
}

/** A wait that ended without a grant. */
export function vainText(
  scopes: readonly ScopePath[],
  ticket: Ticket,
  cause: TicketEndCause | 'unknown',
): string {
  const next = cause === 'scopeRemoved' ? '' : ' Call lock_acquire to wait anew.';
  return `WAIT ENDED for ${scopes.map(quoted).join(', ')} (ticket ${ticket}): ${vainEnds[cause]}.${next}`;
}
