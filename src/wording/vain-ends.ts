import type { TicketEndCause } from '../core/index.ts';

/** Why a wait has ended without the lock, for whoever reads it. */
export const vainEnds: { readonly [Cause in TicketEndCause | 'unknown']: string } = {
  granted: 'it was granted, but the lease has ended since',
  cancelled: 'the wait was cancelled',
  deadline: 'the time to wait is over',
  left: 'the agent left meanwhile',
  lost: 'the agent was lost meanwhile',
  blockedTooLong: 'it took longer than max_block_time allows',
  scopeRemoved: 'a scope was removed meanwhile',
  unknown: 'the log no longer says how it ended',
};
