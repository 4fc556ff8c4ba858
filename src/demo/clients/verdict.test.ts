import { expect, it } from 'vitest';
import { asDurationMs, asRevision, asTimeMs } from '../../core/index.ts';
import type { AgentId, Entry, Event } from '../../core/index.ts';
import type { ClientPlot, Ended } from './play.ts';
import { contendedScope } from './scratch.ts';
import { plotFaults } from './verdict.ts';

const [alice, bob] = ['alice', 'bob'] as [AgentId, AgentId];

const granted = (agent: AgentId, ticket: number | null): Event => ({
  kind: 'lock.granted',
  scope: contendedScope,
  agent,
  epoch: asRevision(1),
  ticket: ticket === null ? null : asRevision(ticket),
  ttlMs: asDurationMs(6_000),
  deadlineMs: asTimeMs(6_000),
  reason: null,
});
const queued = (agent: AgentId): Event => ({
  kind: 'ticket.issued',
  agent,
  epoch: asRevision(1),
  scopes: [contendedScope],
  waitMs: null,
  ttlMs: asDurationMs(6_000),
  reason: null,
});
const ended = (agent: AgentId, token: number, cause: 'released' | 'lost'): Event => ({
  kind: 'lock.released',
  scope: contendedScope,
  agent,
  token: asRevision(token),
  cause,
});
const written: Event = {
  kind: 'context.modified',
  scope: contendedScope,
  file: 'notes.yaml',
  agent: alice,
  digest: '',
  token: asRevision(1),
};

/** As it should go: each event is an entry of its own. */
const story: readonly Event[] = [
  granted(alice, null),
  queued(bob),
  ended(alice, 1, 'lost'),
  granted(bob, 2),
  queued(alice),
  ended(bob, 4, 'released'),
  granted(alice, 5),
  ended(alice, 7, 'released'),
];

const entriesOf = (events: readonly Event[]): Entry[] =>
  events.map((event, index) => ({
    revision: asRevision(index + 1),
    atMs: asTimeMs(index),
    kind: 'ExpireDue',
    agent: null,
    by: null,
    requestId: null,
    events: [event],
    result: { kind: 'done' },
  }));

const refused = { tool: 'context_record', text: 'STALE_FENCING_TOKEN: it was lost' };
const run = (name: string, over: Partial<Ended> = {}): Ended => ({
  name,
  end: { code: 0, signal: null },
  said: '',
  heard: [{ tool: 'lock_acquire', text: 'WAITING for "api"' }, refused],
  ...over,
});
const plotOf = (events: readonly Event[], over: Partial<ClientPlot> = {}): ClientPlot => ({
  entries: entriesOf(events),
  lostToken: 1,
  killed: { code: null, signal: 'SIGKILL' },
  waiter: run(bob),
  returned: run(alice),
  ...over,
});
const replaced = (index: number, event: Event): readonly Event[] => story.toSpliced(index, 1, event);

it('finds no fault in a run as promised', () => {
  expect(plotFaults(plotOf(story))).toEqual([]);
});

it.each<[string, ClientPlot, string]>([
  ['a holder that ended in peace', plotOf(story, { killed: { code: 0, signal: null } }), 'was not killed'],
  ['a lock that a dead client gave back', plotOf(replaced(2, ended(alice, 1, 'released'))), 'by itself'],
  ['a lock that never ended', plotOf(story.toSpliced(2, 1)), 'by itself'],
  ['a ticket that was lost on the way', plotOf([...story, queued(bob)]), 'bob was not served in its turn'],
  ['a grant past the queue', plotOf(replaced(6, granted(alice, null))), 'alice was not served in its turn'],
  ['a stale write that went through', plotOf([...story, written]), 'is in the log'],
  [
    'a stale write that nobody tried',
    plotOf(story, { returned: run(alice, { heard: [] }) }),
    'was not refused',
  ],
  ['a wait that was not told', plotOf(story, { waiter: run(bob, { heard: [refused] }) }), 'to ask again'],
  [
    'a client that failed',
    plotOf(story, { waiter: run(bob, { end: { code: 1, signal: null }, said: 'no model' }) }),
    'bob ended with 1: no model',
  ],
])('finds %s', (_what, plot, fault) => {
  const faults = plotFaults(plot);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
});
