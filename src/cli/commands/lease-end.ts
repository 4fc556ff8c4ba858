import type { LeaseEnd } from '../../participant/index.ts';
import { eventText } from '../format/events.ts';
import { line } from '../format/text.ts';

/** How leases ended, in words. */
export function leaseEndText(end: LeaseEnd): string {
  switch (end.kind) {
    case 'logged':
      return end.event.kind === 'lock.revoked' && end.by !== null
        ? line`${eventText(end.event)} (by ${end.by})`
        : eventText(end.event);
    case 'refused':
      return end.rejection.message;
    case 'missing':
      return `the lock of ${end.lock.scope} is no longer held under token ${end.lock.token}`;
    case 'notRenewed':
      return 'its lease could not be renewed in time';
  }
}
