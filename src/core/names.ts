/**
 * Which names of agents would mislead: those that read like the coordinator's own words, and those that read like another
 * agent's. Two names read alike when their skeletons are the same: letters without their case, `0` as `o`, `1`, `i` and
 * `l` as one, and any separators as one.
 */
import { rejectionCodes } from './rejections.ts';

/** What the coordinator calls itself, or those it speaks of, or what Git is. */
const roles = ['rhema', 'service', 'coordinator', 'operator', 'user', 'nobody', 'somebody', 'git'];

/** What answers begin with. */
const answers = [
  'ALREADY',
  'BUSY',
  'CANCELLED',
  'COMPLETED',
  'DENIED',
  'DONE',
  'ENDED',
  'ERROR',
  'EXPIRED',
  'FAILED',
  'FREE',
  'GRANTED',
  'HELD',
  'INVALID',
  'JOINED',
  'LEFT',
  'LOST',
  'OK',
  'PASSED',
  'QUEUED',
  'RECORDED',
  'REFUSED',
  'REJECTED',
  'RELEASED',
  'RENEWED',
  'RESUMED',
  'REVOKED',
  'WAIT',
  'WAITING',
  'WITHDRAWN',
  'YOU',
];

const reserved: ReadonlySet<string> = new Set([...roles, ...answers, ...rejectionCodes].map(skeletonOf));

/** Equal for names that read alike. */
export function skeletonOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('0', 'o')
    .replaceAll(/[1i]/g, 'l')
    .replaceAll(/[._@/-]+/g, '-');
}

/** Whether a name could be taken for a word of the coordinator. */
export function isReservedName(name: string): boolean {
  return reserved.has(skeletonOf(name));
}
