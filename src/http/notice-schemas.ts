/** What an agent is told of others, as JSON Schema: `src/core/notice.ts` and `src/core/former-holders.ts` have the types. */
import type { Change, NoticeKind, ReleaseCause, TicketEndCause } from '../core/index.ts';
import {
  byKind,
  listOf,
  ms,
  name,
  object,
  oneOf,
  orNull,
  part,
  text,
  whole,
  yes,
  type Fields,
  type Schema,
} from './schema-words.ts';

type Kinds<Kind extends string> = Readonly<Record<Kind, readonly [required: Fields, optional?: Fields]>>;

const releaseCauses = [
  'released',
  'completed',
  'left',
  'lost',
  'blockedTooLong',
  'moved',
  'scopeRemoved',
] satisfies ReleaseCause[];
const ticketEndCauses = [
  'deadline',
  'lost',
  'blockedTooLong',
  'moved',
  'scopeRemoved',
] satisfies TicketEndCause[];

/** The first of some names, and how many there are. */
const some = object({ names: listOf(text), count: whole });
const changed = object({ files: listOf(text), count: whole });
const wish = object({ scopes: listOf(text) }, { files: listOf(text), resources: listOf(text) });

const ended: Fields = { agent: text, token: whole };
const lockEnd = byKind({
  'lock.released': [
    { ...ended, cause: oneOf(releaseCauses) },
    { ...name, changed },
  ],
  'lock.expired': [ended, name],
  'lock.revoked': [{ ...ended, reason: orNull(text) }, name],
});

const change = byKind({
  held: [
    { agent: text, end: part('LockEnd'), reason: orNull(text), targets: some, changed: orNull(changed) },
  ],
  written: [{ agent: text, file: text }],
  git: [{ by: text, operation: text }],
  said: [{ by: text, reason: orNull(text) }],
} satisfies Kinds<Change['kind']>);

const wanting = object({ agent: text, ticket: whole, reason: orNull(text), sinceMs: ms });

const notice = byKind({
  lost: [
    { token: whole, revision: whole, atMs: ms, end: part('LockEnd'), by: orNull(text), heldBy: orNull(text) },
    name,
  ],
  waitEnded: [{ wish: orNull(wish), ticket: whole, cause: oneOf(ticketEndCauses), atMs: ms }],
  waitServed: [{ ticket: whole, token: whole, targets: some, deadlineMs: ms }],
  leaseEnding: [{ targets: some, deadlineMs: ms, isLast: yes }],
  wanted: [{ targets: some, by: orNull(wanting), latestDeadlineMs: ms }],
  changed: [{ scope: text, dependents: some, change, times: whole, revision: whole, atMs: ms }],
  broken: [
    {
      scope: text,
      rule: text,
      subject: text,
      evidence: text,
      remedy: text,
      sinceMs: ms,
      revision: whole,
      count: whole,
    },
  ],
  beside: [{ scope: text, agent: text, files: some, reason: orNull(text) }],
} satisfies Kinds<NoticeKind>);

const formerHolder = object({
  agent: text,
  targets: some,
  reason: orNull(text),
  end: part('LockEnd'),
  revision: whole,
  atMs: ms,
  changed: orNull(changed),
});

export const noticeParts: Readonly<Record<string, Schema>> = {
  LockEnd: lockEnd,
  Notice: notice,
  FormerHolder: formerHolder,
};
