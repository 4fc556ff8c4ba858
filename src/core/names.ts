/**
 * Which names of agents would mislead: those that read like the coordinator's own words or a part of it, and those that read
 * like another agent's. Two names read alike when their skeletons are the same: letters without their case, `0` as `o`, `1`, `i` and
 * `l` as one, `rn` as `m`, `vv` as `w`, and any separators as one.
 */
import { rejectionCodes } from './rejection-codes.ts';

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
  'SENT',
  'STOP',
  'WAIT',
  'WAITING',
  'WITHDRAWN',
  'YOU',
];

/** Codes of answers that are not this machine's refusals: of the protocol, and of the faces. */
const otherCodes = [
  'AGENT_KEPT',
  'COMMAND_FAILED',
  'COMMAND_NOT_STARTED',
  'CONFIG_UNSOUND',
  'CLASHES_FOUND',
  'CONFIRMATION_NEEDED',
  'CONTEXT_FILE_NOT_FOUND',
  'CONTEXT_INVALID',
  'CONTEXT_NOT_KEPT',
  'CONTEXT_UNREADABLE',
  'CONTEXT_UNSOUND',
  'DEADLINE_EXCEEDED',
  'ENTRY_EXISTS',
  'ENTRY_NOT_EDITABLE',
  'ENTRY_NOT_FOUND',
  'FORBIDDEN',
  'INVALID_INPUT',
  'LOCK_LOST',
  'NAME_IN_USE',
  'NAME_UNCLEAR',
  'NOT_A_REPOSITORY',
  'NOT_INSTALLED',
  'NOT_JOINED',
  'NOT_WRITTEN',
  'NO_HISTORY',
  'NO_LOG',
  'NO_OUTPUT',
  'NO_SCOPES',
  'RATE_LIMITED',
  'REPOSITORY_UNREADABLE',
  'SCOPES_REFUSED',
  'SCOPES_STALE',
  'SYNC_INCOMPLETE',
  'SCOPES_UNKNOWN',
  'SCOPES_UNSOUND',
  'SLOW_READER',
  'STORE_FAILURE',
  'TOKEN_EXISTS',
  'TOKEN_NOT_FOUND',
  'UNAUTHENTICATED',
  'VERSION_MISMATCH',
  'VIOLATIONS_FOUND',
  'WAITED_IN_VAIN',
  'WEBHOOK_EXISTS',
  'WEBHOOK_LIMIT_REACHED',
  'WEBHOOK_NOT_DELIVERED',
  'WEBHOOK_NOT_FOUND',
  'WRITE_REFUSED',
];

/** What answers say with capitals, and are plain words without: an agent may be called `next`, but not `Next`. */
const capitals = [
  'CHANGED',
  'CLOSED',
  'COMPACTED',
  'DISABLED',
  'INTERNAL',
  'INTERRUPTED',
  'NEXT',
  'PERMISSION',
  'SYNCING',
  'UNAVAILABLE',
  'UNHEALTHY',
  'UNSOUND',
  'USAGE',
];

/** Each word by its skeleton; of two that read alike, the first. */
const bySkeleton = (...words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(words.toReversed().map((word) => [skeletonOf(word), word]));

const reserved = bySkeleton(...roles, ...answers, ...otherCodes, ...rejectionCodes);
const reservedInCapitals = bySkeleton(...capitals);
const reservedAtFirst = bySkeleton(...answers, ...capitals);
/** What the program and its parts are called after: `rhema-mcp`. */
const product = 'rhema';

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

/**
 * The word of the coordinator that a name could be taken for, for one of several of its kind (`operator-2`), for a part of
 * it (`rhema-mcp`), or for the beginning of its answer (`GRANTED-api`); null: for none.
 */
export function reservedWordLike(name: string): string | null {
  for (const whole of [name, parentOf(name)]) {
    const text = whole.replace(article, '');
    const word = reservedLike(text) ?? reservedLike(text.replace(counter, '')) ?? beginningLike(text);
    if (word !== null) return word;
  }
  return null;
}

function reservedLike(text: string): string | null {
  const skeleton = skeletonOf(text);
  const inCapitals = text === text.toLowerCase() ? undefined : reservedInCapitals.get(skeleton);
  return reserved.get(skeleton) ?? inCapitals ?? null;
}

const isInCapitals = (text: string): boolean => text === text.toUpperCase();

function beginningLike(text: string): string | null {
  const [first = ''] = text.split(separator, 1);
  const skeleton = skeletonOf(first);
  if (skeleton === skeletonOf(product)) return product;
  return (isInCapitals(first) ? reservedAtFirst.get(skeleton) : null) ?? null;
}

/** What a subagent is named after. */
const parentOf = (name: string): string => name.split('/', 1)[0] ?? name;

const article = /^the[._@/-]+/i;
const separator = /[._@/-]+/;
const counter = /[._@/-]*[0-9]+$/;
