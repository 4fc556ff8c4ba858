import type { EventOf, ReleaseCause } from '../core/index.ts';
import type { Quoting } from './event-words.ts';

type EndKind = 'lock.expired' | 'lock.revoked' | 'lock.released' | 'agent.resumed';

/** An event by which an agent has a lock no more that it wanted to keep. */
export type LockEnd = EventOf<EndKind>;

export interface LockEndReader {
  /** The operator who did it, where one did. */
  readonly by: string | null;
  /** `your` for the agent itself. */
  readonly whose: 'your' | "the agent's";
  readonly as: Pick<Quoting, 'name' | 'text'>;
}

/** How a lock ended, for whoever lost it by that. */
export function lockEndText(end: LockEnd, reader: LockEndReader): string {
  const words = lockEndWords[end.kind] as (end: LockEnd, reader: LockEndReader) => string;
  return words(end, reader);
}

const lockEndWords: {
  readonly [Kind in EndKind]: (end: EventOf<Kind>, reader: LockEndReader) => string;
} = {
  'lock.expired': () => 'its lease ran out',
  'lock.revoked': ({ reason }, { by, as }) =>
    `${by === null ? 'an operator' : as.name(by)} revoked it${reason === null ? '' : `: ${as.text(reason)}`}`,
  'lock.released': ({ cause }, { whose }) => releaseWords[cause](whose),
  'agent.resumed': (_, { whose }) => `another process goes on in ${whose} name`,
};

const releaseWords: { readonly [Cause in ReleaseCause]: (whose: string) => string } = {
  released: (whose) => `it was given back in ${whose} name elsewhere`,
  completed: (whose) => `somebody completed in ${whose} name elsewhere`,
  left: (whose) => `somebody left in ${whose} name elsewhere`,
  lost: (whose) => `${whose} session ended`,
  blockedTooLong: (whose) => `${whose} status was blocked for longer than max_block_time allows`,
  scopeRemoved: () => 'the scope was removed',
  moved: () => 'the file came to be in another scope',
};
