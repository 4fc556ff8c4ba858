import { beforeAll, expect, it } from 'vitest';
import { playAll, Play } from '../metrics/testing/play.ts';
import { openWatched } from '../metrics/testing/watched.ts';
import { isChosen, tellingsOf, webhookKinds, type EntryTelling, type WebhookKind } from './kinds.ts';

let told: readonly EntryTelling[];

/** What agents who do something of everything leave in a log. */
beforeAll(async () => {
  const watched = await openWatched();
  await playAll(new Play(watched));
  told = (await watched.entries()).flatMap(tellingsOf);
});

const firstOf = (type: WebhookKind): EntryTelling | undefined => told.find((one) => one.type === type);

it.each(webhookKinds)('%s is told of a log, with all that the documentation promises', (kind) => {
  const one = firstOf(kind);
  expect(one?.revision).toBeGreaterThan(0);
  expect(Object.keys(one?.data ?? {}).sort()).toEqual([...fields[kind]].sort());
});

const ofLock = ['agent', 'scope', 'token'];
const ofViolation = ['violationType', 'rule', 'subject', 'scope', 'file', 'holder'];
/** Of a lock of a scope. */
const fields: Readonly<Record<WebhookKind, readonly string[]>> = {
  'agent.joined': ['agent'],
  'agent.left': ['agent'],
  'agent.lost': ['agent', 'held', 'seenDead'],
  'lock.acquired': [...ofLock, 'waited', 'ttlMs', 'reason'],
  'lock.released': [...ofLock, 'cause'],
  'lock.expired': [...ofLock],
  'lock.revoked': [...ofLock, 'reason', 'by'],
  'message.sent': ['from', 'by', 'messageKind', 'way', 'recipients', 'text'],
  'sync.completed': ['scope', 'agent', 'run'],
  'sync.failed': ['scope', 'agent', 'run', 'error'],
  'violation.began': [...ofViolation, 'evidence', 'remedy'],
  'violation.ended': [...ofViolation, 'end', 'cause'],
};

it('a lock is known by the token that its end names, too', () => {
  const [first, end] = [firstOf('lock.acquired'), firstOf('lock.released')];
  expect(first?.data).toEqual({
    agent: 'ann',
    scope: 'a',
    token: first?.revision,
    waited: false,
    ttlMs: expect.any(Number),
    reason: null,
  });
  expect(end?.data).toMatchObject({ agent: 'ann', scope: 'a', token: first?.revision, cause: 'released' });
});

it('nothing that proves who an agent is is told', () => {
  expect(JSON.stringify(told)).not.toMatch(/session|secret|digest/i);
});

it.each([
  [[], null, ['agent.joined', 'lock.acquired', 'message.sent', 'sync.failed']],
  [['lock.acquired'], null, ['lock.acquired']],
  [[], 'd', ['lock.acquired', 'sync.failed']],
  [[], '.', ['lock.acquired', 'sync.failed']],
  [['agent.joined'], 'd', []],
] as const)('of %j, %j are told', (on, scope, kinds) => {
  const chosen = new Set(told.filter((one) => isChosen({ on, scope }, one)).map(({ type }) => type));
  for (const kind of ['agent.joined', 'lock.acquired', 'message.sent', 'sync.failed'] as const)
    expect([kind, chosen.has(kind)]).toEqual([kind, (kinds as readonly string[]).includes(kind)]);
});

it('a scope is no beginning of a name', () => {
  const one = {
    ...firstOf('lock.acquired'),
    names: ['src/core2', 'src/core/x.ts'],
  } as unknown as EntryTelling;
  expect(isChosen({ on: [], scope: 'src/core' }, one)).toBe(true);
  const other = { ...one, names: ['src/core2'] } as unknown as EntryTelling;
  expect(isChosen({ on: [], scope: 'src/core' }, other)).toBe(false);
});
