import type { TicketEndCause } from '../core/index.ts';
import { ticketEndWords } from './command-words.ts';

/** Why a wait has ended without the lock, for whoever waited. */
export const vainEnds: { readonly [Cause in TicketEndCause | 'unknown']: string } = {
  ...ticketEndWords,
  granted: 'it was granted, but the lease has ended since',
  unknown: 'the log no longer says how it ended',
};
