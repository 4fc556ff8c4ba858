/**
 * Which names of agents would mislead: those that read like the coordinator's own words, and those that read like another
 * agent's. Two names read alike when their skeletons are the same: letters without their case, `0` as `o`, `1`, `i` and
 * `l` as one, `rn` as `m`, `vv` as `w`, and any separators as one.
 */
import { rejectionCodes } from './rejections.ts';

/** What the coordinator calls itself, or those it speaks of, or what Git is; and whoever says what is to be done. */
const roles = [
  'admin',
  'administrator',
  'anybody',
  'anyone',
  'coordinator',
  'daemon',
  'everybody',
  'everyone',
  'git',
  'nobody',
  'none',
  'operator',
  'owner',
  'rhema',
  'root',
  'service',
  'somebody',
  'someone',
  'superuser',
  'supervisor',
  'system',
  'user',
];

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
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll(/[._@/-]+/g, '-');
}

/** Whether a name could be taken for a word of the coordinator, or for one of several of its kind: `operator-2`. */
export function isReservedName(name: string): boolean {
  return [name, parentOf(name)].some(
    (text) => reserved.has(skeletonOf(text)) || reserved.has(skeletonOf(text.replace(counter, ''))),
  );
}

/** What a subagent is named after. */
const parentOf = (name: string): string => name.split('/', 1)[0] ?? name;

const counter = /[._@/-]*[0-9]+$/;
