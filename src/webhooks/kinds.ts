/** What others are told of, by names that stay, and what of an event they are told. */
import {
  concernedBy,
  partsOf,
  type Entry,
  type Event,
  type EventKind,
  type EventOf,
  type LockName,
  type Revision,
  type SubjectName,
} from '../core/index.ts';

/** Each by the event of the log that it is made of. */
const kindOf = {
  'agent.joined': 'agent.joined',
  'agent.left': 'agent.left',
  'agent.lost': 'agent.lost',
  'lock.granted': 'lock.acquired',
  'lock.released': 'lock.released',
  'lock.expired': 'lock.expired',
  'lock.revoked': 'lock.revoked',
  'message.sent': 'message.sent',
  'sync.completed': 'sync.completed',
  'sync.failed': 'sync.failed',
  'violation.began': 'violation.began',
  'violation.ended': 'violation.ended',
} as const satisfies Partial<Record<EventKind, string>>;

type ToldEvent = keyof typeof kindOf;

/** Of what webhooks tell, in the order of the documentation. */
export const webhookKinds = Object.values(kindOf);
export type WebhookKind = (typeof webhookKinds)[number];

/** What a webhook tells that is no event of the log: entries are gone unseen; a person tries it. */
export type TellingKind = WebhookKind | 'log.compacted' | 'webhook.test';

type Data = Readonly<Record<string, unknown>>;

/** What one call tells. */
export interface Telling {
  readonly type: TellingKind;
  /** Of the entry; null where it is of none. */
  readonly revision: Revision | null;
  readonly atMs: number;
  readonly data: Data;
}

/** A telling of an entry. */
export interface EntryTelling extends Telling {
  readonly type: WebhookKind;
  readonly revision: Revision;
  /** Which of the entry's events it is. */
  readonly event: number;
  /** Scopes, files and resources that it is about. */
  readonly names: readonly SubjectName[];
}

/** All that is told of an entry, in its order. */
export function tellingsOf(entry: Entry): readonly EntryTelling[] {
  return entry.events.flatMap((event, index) => {
    if (!isTold(event)) return [];
    return {
      type: kindOf[event.kind],
      revision: entry.revision,
      atMs: entry.atMs,
      event: index,
      names: concernedBy(event).names,
      data: dataOf(event, entry),
    };
  });
}

const isTold = (event: Event): event is EventOf<ToldEvent> => event.kind in kindOf;

/** Named field by field: what is added to the log's events later is not sent away by accident. */
const tellers: { readonly [Kind in ToldEvent]: (event: EventOf<Kind>, entry: Entry) => Data } = {
  'agent.joined': ({ agent }) => ({ agent }),
  'agent.left': ({ agent }) => ({ agent }),
  'agent.lost': ({ agent, held, seenDead = false }) => ({ agent, held, seenDead }),
  'lock.granted': (event, { revision }) => ({
    ...lockOf(event),
    token: revision,
    waited: event.ticket !== null,
    ttlMs: event.ttlMs,
    reason: event.reason,
  }),
  'lock.released': (event) => ({ ...lockOf(event), token: event.token, cause: event.cause }),
  'lock.expired': (event) => ({ ...lockOf(event), token: event.token }),
  'lock.revoked': (event, { by }) => ({ ...lockOf(event), token: event.token, reason: event.reason, by }),
  'message.sent': ({ agent = null, by = null, messageKind, way, recipients, text }) => ({
    from: agent,
    by,
    messageKind,
    way,
    recipients,
    text,
  }),
  'sync.completed': ({ scope, agent, run }) => ({ scope, agent, run }),
  'sync.failed': ({ scope, agent, run, error }) => ({ scope, agent, run, error }),
  'violation.began': (event) => ({
    ...violationOf(event),
    holder: event.holder,
    evidence: event.evidence,
    remedy: event.remedy,
  }),
  'violation.ended': (event) => ({
    ...violationOf(event),
    holder: event.holder,
    end: event.end,
    cause: event.cause,
  }),
};

function dataOf(event: EventOf<ToldEvent>, entry: Entry): Data {
  const teller = tellers[event.kind] as (event: EventOf<ToldEvent>, entry: Entry) => Data;
  return teller(event, entry);
}

const lockOf = (event: LockName & { readonly agent: string }): Data => ({
  agent: event.agent,
  ...partsOf(event),
});

function violationOf(event: EventOf<'violation.began' | 'violation.ended'>): Data {
  const { type, rule, subject, scope = null, file = null } = event;
  return { violationType: type, rule, subject, scope, file };
}

/** What a webhook is to tell; without kinds all, without a scope wherever it is. */
export interface Choice {
  readonly on: readonly WebhookKind[];
  readonly scope: string | null;
}

export function isChosen({ on, scope }: Choice, { type, names }: EntryTelling): boolean {
  if (on.length > 0 && !on.includes(type)) return false;
  return scope === null || names.some((name) => isWithin(name, scope));
}

/** `.` is the scope of the whole repository. */
const isWithin = (name: string, scope: string): boolean =>
  scope === '.' || name === scope || name.startsWith(`${scope}/`);
