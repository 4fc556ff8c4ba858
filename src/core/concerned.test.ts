import { expect, test } from 'vitest';
import { beginningOf, concernedBy } from './concerned.ts';
import type { Entry, Event } from './events.ts';
import { asRevision, type AgentId, type ScopePath } from './ids.ts';
import { asDurationMs } from './ids.ts';

const ann = 'ann' as AgentId;
const [a, b] = ['a', 'b'].map((path) => path as ScopePath) as [ScopePath, ScopePath];
const at = asRevision(5);

const begun = (...events: Event[]): Entry => ({ events }) as unknown as Entry;
const issued: Event = {
  kind: 'ticket.issued',
  agent: ann,
  epoch: at,
  scopes: [a, b],
  waitMs: null,
  ttlMs: asDurationMs(1),
  reason: null,
};
const ended = (cause: 'granted' | 'lost'): Event => ({ kind: 'ticket.ended', ticket: at, agent: ann, cause });
const aborted: Event = { kind: 'sync.aborted', scope: a, run: at, reason: null };
const started: Event = { kind: 'sync.started', scope: a, agent: ann, epoch: at };

test('an event that ends something tells where that began, if it does not name all itself', () => {
  expect([ended('lost'), aborted, ended('granted'), issued, started].map(beginningOf)).toEqual([
    at,
    at,
    null,
    null,
    null,
  ]);
});

test('the end of a wait concerns the scopes that were waited for, and an aborted run who ran it', () => {
  expect(concernedBy(ended('lost'), begun(issued))).toEqual({ names: [a, b], agents: [ann] });
  expect(concernedBy(aborted, begun(started))).toEqual({ names: [a], agents: [ann] });
});

test('where the beginning is not kept, an event concerns what it names itself', () => {
  expect(concernedBy(ended('lost'))).toEqual({ names: [], agents: [ann] });
  expect(concernedBy(aborted, null)).toEqual({ names: [a], agents: [] });
});

test('a message concerns who sent it, each for whom it is, and what they hold', () => {
  const bob = 'bob' as AgentId;
  const sent = {
    kind: 'message.sent',
    messageKind: 'request_release',
    recipients: [bob],
    text: 'please',
  } as const;
  const way = { kind: 'holder', scope: a } as const;
  expect(concernedBy({ ...sent, agent: ann, way })).toEqual({ names: [a], agents: [ann, bob] });
  expect(concernedBy({ ...sent, by: 'ops', way: { kind: 'all' } })).toEqual({ names: [], agents: [bob] });
});

test.each<[Event, readonly ScopePath[]]>([
  [{ kind: 'scope.defined', scope: { path: a, name: 'a', type: 'library', dependencies: [b] } }, [a]],
  [{ kind: 'agent.renewed', agent: ann, leases: [{ scope: b, deadlineMs: 1 }] } as unknown as Event, [b]],
  [{ kind: 'agent.lost', agent: ann, held: [a] }, [a]],
  [{ kind: 'scope.removed', scope: b }, [b]],
  [{ kind: 'repository.changed', scopes: [a, b], operation: 'rebase' }, [a, b]],
  [{ kind: 'leases.rearmed' }, []],
])('%j concerns the scopes %j', (event, scopes) => {
  expect(concernedBy(event).names).toEqual(scopes);
});
