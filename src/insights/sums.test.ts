import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asRevision, asTimeMs, type Entry, type Settings } from '../core/index.ts';
import { scopePath } from '../../test/support/machine.ts';
import { InsightReader, type Insights } from './insights.ts';
import { MeetingReader } from './meetings.ts';
import { beginning, insightsOf, tell, type Told } from './testing/story.ts';

const agents = ['alice', 'bob', 'carol', 'dave'];
const targets = ['api', 'web', 'api/a.ts', 'api/b.ts', '@git', '@port', 'api web', 'api/a.ts api/b.ts'];

const agent = fc.constantFrom(...agents);
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(agent, fc.constantFrom(...targets)).map((two) => `acquire ${two.join(' ')} wait`),
  },
  { weight: 2, arbitrary: agent.map((name) => `release ${name}`) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 90 }).map((seconds) => `advance ${seconds}s`) },
  { weight: 1, arbitrary: agent.map((name) => `cancel ${name}`) },
  { weight: 1, arbitrary: agent.map((name) => `leave ${name}`) },
  { weight: 1, arbitrary: agent.map((name) => `join ${name}`) },
);
const story = fc
  .array(line, { maxLength: 60 })
  .map((lines) => tell(['define api, web', ...agents.map((name) => `join ${name}`), ...lines], limits));
const limits = {
  maxConcurrentAgents: 2,
  maxLocksPerAgent: 2,
  resources: { '@git': 1, '@port': 2 } as Settings['resources'],
};

/** From the log alone, in the plainest way: what each ticket lasted. */
function ticketMs({ log, nowMs }: Told, fromMs = 0): number {
  const began = new Map<number, number>();
  let sum = 0;
  const add = (beganMs: number, endedMs: number): void => {
    sum += Math.max(0, endedMs - Math.max(beganMs, fromMs));
  };
  for (const { events, revision, atMs } of log)
    for (const event of events) {
      if (event.kind === 'ticket.issued') began.set(revision, atMs);
      if (event.kind !== 'ticket.ended') continue;
      add(began.get(event.ticket)!, atMs);
      began.delete(event.ticket);
    }
  for (const beganMs of began.values()) add(beganMs, nowMs);
  return sum;
}

it('all waiting is what the tickets of the log lasted, and no pair waited for longer than that', () => {
  fc.assert(
    fc.property(story, (told) => {
      const { totals, waitsOn, busiest } = insightsOf(told);
      expect(totals.waitedMs).toBe(ticketMs(told));
      for (const { waitedMs } of waitsOn) expect(waitedMs).toBeLessThanOrEqual(totals.waitedMs);
      for (const { waitedMs } of busiest) expect(waitedMs).toBeLessThanOrEqual(totals.waitedMs);
    }),
    { numRuns: 150 },
  );
});

it('a wait is as long as what was taken of it and what was free, each of them no less than nothing', () => {
  fc.assert(
    fc.property(story, ({ log, nowMs, settings }) => {
      const none = (): void => undefined;
      const met = new Map<number, number>();
      const reader = new MeetingReader(beginning(settings), {
        holdBegan: none,
        holdEnded: none,
        waitBegan: none,
        met: ({ wait, lengthMs }) => void met.set(wait.ticket, (met.get(wait.ticket) ?? 0) + lengthMs),
        waitEnded: ({ ticket, fromMs, untilMs }, { freeMs, holders }) => {
          expect(freeMs).toBeGreaterThanOrEqual(0);
          for (const { lengthMs } of holders) expect(lengthMs).toBeLessThanOrEqual(untilMs - fromMs - freeMs);
          // Several holders at once are met each for itself, so their sum may be more than the wait.
          expect((met.get(ticket) ?? 0) + freeMs).toBeGreaterThanOrEqual(untilMs - fromMs);
        },
      });
      for (const entry of log) reader.take(entry);
      reader.finish(asTimeMs(nowMs));
    }),
    { numRuns: 150 },
  );
});

it('a look that begins later counts what is open then from there on', () => {
  const told = tell([
    'define api, web',
    'join alice',
    'join bob',
    'acquire alice api ttl=30m',
    'acquire bob api wait',
    'advance 2m',
    'join carol',
    'advance 3m',
    'release alice api',
  ]);
  const at = told.log.findIndex(({ kind, agent: who }) => kind === 'AgentJoin' && who === 'carol');
  const later = laterInsights(told, told.log.slice(at + 1), told.log[at]!);
  expect(later.totals).toMatchObject({ waitedMs: 180_000, workingMs: 180_000 });
  expect(later.waitsOn).toMatchObject([{ waiter: 'bob', holder: 'alice', waitedMs: 180_000 }]);
  expect(later.totals.waitedMs).toBe(ticketMs(told, told.log[at]!.atMs));
});

/** Alice holds api, and bob waits for it. */
function laterInsights(
  { nowMs, settings, log }: Told,
  rest: readonly Entry[],
  { atMs, revision }: Entry,
): Insights {
  const granted = log.find(({ events }) => events[0]?.kind === 'lock.granted')!;
  const issued = log.find(({ events }) => events.some(({ kind }) => kind === 'ticket.issued'))!;
  const [lock] = granted.events.flatMap((event) => (event.kind === 'lock.granted' ? [event] : []));
  const [ticket] = issued.events.flatMap((event) => (event.kind === 'ticket.issued' ? [event] : []));
  const reader = new InsightReader({
    ...beginning(settings),
    revision,
    timeMs: atMs,
    scopes: [scopePath('api'), scopePath('web')],
    locks: [{ ...lock!, token: granted.revision, grantedAtMs: granted.atMs }],
    waiters: [{ ...ticket!, ticket: issued.revision, sinceMs: issued.atMs }],
  });
  for (const entry of rest) reader.take(entry);
  return reader.result({ revision: asRevision(99), atMs: asTimeMs(nowMs) }, { hasLog: true });
}
