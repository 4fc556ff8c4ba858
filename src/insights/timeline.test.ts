import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asTimeMs } from '../core/index.ts';
import { beginning, tell, type Told } from './testing/story.ts';
import { problemsOf } from './testing/trace-format.ts';
import { Timeline } from './timeline.ts';
import type { TraceEvent } from './trace-event.ts';

function eventsOf({ log, nowMs, settings }: Told): TraceEvent[] {
  const events: TraceEvent[] = [];
  const timeline = new Timeline(beginning(settings), (event) => events.push(event));
  for (const entry of log) timeline.take(entry);
  timeline.finish(asTimeMs(nowMs));
  return events;
}

const team = ['define api, web', 'join alice', 'join bob'];
const beginUs = 1_000_000_000;

it('holds, waits and syncs are slices of their agent, and an arrow leads from a release to the grant', () => {
  const events = eventsOf(
    tell([
      ...team,
      'acquire alice api',
      'acquire bob api wait',
      'advance 30s',
      'release alice',
      'sync start bob api',
      'advance 5s',
      'sync complete bob api run=7',
      'advance 5s',
      'release bob',
    ]),
  );
  expect(problemsOf(events)).toEqual([]);
  const slices = events.flatMap((event) =>
    event.ph === 'X' ? [[event.name, (event.ts - beginUs) / 1e6, event.dur / 1e6, event.args['end']]] : [],
  );
  expect(slices).toEqual([
    ['holds api', 0, 30, 'released'],
    ['waits for api', 0, 30, 'granted'],
    ['syncs api', 30, 5, 'completed'],
    ['holds api', 30, 10, 'released'],
  ]);
  expect(events.flatMap((event) => (event.ph === 's' || event.ph === 'f' ? [event] : []))).toMatchObject([
    { ph: 's', id: 1, tid: 1, ts: beginUs + 30e6 - 1 },
    { ph: 'f', bp: 'e', id: 1, tid: 2, ts: beginUs + 30e6 + 1 },
  ]);
  const threads = events.flatMap((event) =>
    event.ph === 'M' && event.name === 'thread_name' ? [event.args['name']] : [],
  );
  expect(threads).toEqual(['alice', 'bob', 'bob (2)']);
});

it('what an agent holds at the same time is on threads of its own, and what was granted together one slice', () => {
  const events = eventsOf(
    tell([
      ...team,
      'acquire alice api/a.ts api/b.ts',
      'advance 5s',
      'acquire alice api/c.ts',
      'advance 5s',
      'release alice api/a.ts',
      'advance 5s',
      'release alice api/b.ts',
      'advance 5s',
    ]),
  );
  const slices = events.flatMap((event) => (event.ph === 'X' ? [event] : []));
  expect(slices).toMatchObject([
    { name: 'holds api/a.ts and 1 more', tid: 1, dur: 15e6, args: { targets: ['api/a.ts', 'api/b.ts'] } },
    { name: 'holds api/c.ts', tid: 3, dur: 15e6, args: { end: 'goes on' } },
  ]);
});

it('a sync says how it ended, or that it goes on', () => {
  const events = eventsOf(
    tell([
      ...team,
      'acquire alice api',
      'acquire bob web',
      'sync start alice api',
      'advance 5s',
      'sync abort api',
      'sync start alice api',
      'advance 5s',
      'leave alice',
      'sync start bob web',
      'advance 5s',
    ]),
  );
  expect(problemsOf(events)).toEqual([]);
  const syncs = events.flatMap((event) =>
    event.ph === 'X' && event.cat === 'sync' ? [[event.name, event.args['end']]] : [],
  );
  expect(syncs).toEqual([
    ['syncs api', 'aborted'],
    ['syncs api', 'failed'],
    ['syncs web', 'goes on'],
  ]);
});

it('no arrow leads from a release to a grant that waited longer, for a place', () => {
  const lines = [
    'define api, web, docs',
    ...['alice', 'bob', 'carol', 'dave'].map((name) => `join ${name}`),
    'acquire alice api',
    'acquire carol web',
    'acquire dave docs wait',
    'acquire bob api wait',
    'advance 5s',
    'release alice',
    'advance 5s',
    'release carol',
    'advance 5s',
  ];
  const arrows = (maxConcurrentAgents: number): number =>
    eventsOf(tell(lines, { maxConcurrentAgents })).filter(({ ph }) => ph === 's').length;
  expect([arrows(4), arrows(2)]).toEqual([1, 0]);
});

it('messages, violations, revocations, and agents that come and go are marks', () => {
  const events = eventsOf(
    tell([
      ...team,
      'acquire alice api',
      'say alice hello to=bob',
      'announce hello to=all',
      'report YAML_SYNTAX api/a.yaml',
      'revoke api',
      'leave bob',
    ]),
  );
  expect(problemsOf(events)).toEqual([]);
  const marks = events.flatMap((event) => (event.ph === 'i' ? [`${event.cat}: ${event.name}`] : []));
  expect(marks).toEqual([
    'agent: joined',
    'agent: joined',
    'message: says to bob',
    'message: says to alice and 1 more',
    'violation: violation YAML_SYNTAX',
    'lock: revoked api',
    'agent: left',
  ]);
});

it('what goes on ends with the log, and says so; what began before the picture says since when', () => {
  const { log, nowMs, settings } = tell([
    ...team,
    'acquire alice api',
    'advance 20s',
    'join carol',
    'advance 20s',
  ]);
  const events: TraceEvent[] = [];
  const granted = log[3]!;
  const [lock] = granted.events.flatMap((event) => (event.kind === 'lock.granted' ? [event] : []));
  const opening = {
    ...beginning(settings),
    revision: granted.revision,
    timeMs: asTimeMs(1_010_000),
    locks: [{ ...lock!, token: granted.revision, grantedAtMs: granted.atMs }],
  };
  const timeline = new Timeline(opening, (event) => events.push(event));
  for (const entry of log.slice(4)) timeline.take(entry);
  timeline.finish(asTimeMs(nowMs));
  expect(events.find(({ ph }) => ph === 'X')).toMatchObject({
    ts: 1_010_000_000,
    dur: 30e6,
    args: { end: 'goes on', begun: '1970-01-01T00:16:40.000Z' },
  });
});

it('whatever happens, the file is sound: no slice overlaps another of its thread, no arrow leads to nowhere', () => {
  const agent = fc.constantFrom('alice', 'bob', 'carol');
  const target = fc.constantFrom('api', 'web', 'api/a.ts', '@git', 'api/a.ts api/b.ts', 'api web');
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(agent, target).map((two) => `acquire ${two.join(' ')} wait`) },
    { weight: 2, arbitrary: agent.map((name) => `release ${name}`) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }).map((seconds) => `advance ${seconds}s`) },
    { weight: 1, arbitrary: agent.map((name) => `leave ${name}`) },
    { weight: 1, arbitrary: agent.map((name) => `join ${name}`) },
    { weight: 1, arbitrary: agent.map((name) => `sync start ${name} api`) },
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
      const told = tell([...team, 'join carol', ...lines], { maxConcurrentAgents: 2, maxLocksPerAgent: 2 });
      expect(problemsOf(eventsOf(told))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
