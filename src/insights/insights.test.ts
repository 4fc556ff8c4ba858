import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { duration, type Settings } from '../core/index.ts';
import { findingKinds, type FindingKind, type Suggestion } from './finding.ts';
import { insightsOf, tell } from './testing/story.ts';
import { thresholds } from './thresholds.ts';

const team = ['define api, web', 'join alice', 'join bob', 'join carol'];

/** What is tried, on one line. */
const tried = (suggestion: Suggestion): string =>
  suggestion.kind === 'command' ? suggestion.words.join(' ') : `${suggestion.key}: ${suggestion.value}`;

const findingsOf = (lines: readonly string[], settings: Partial<Settings> = {}) =>
  insightsOf(tell([...team, ...lines], settings)).findings;

function findingOf(kind: FindingKind, lines: readonly string[], settings: Partial<Settings> = {}) {
  const found = findingsOf(lines, settings).filter((finding) => finding.kind === kind);
  return found.map(({ evidence, suggestion }) => ({ ...evidence, suggestion: tried(suggestion) }));
}

const waitFor = (target: string, length: string): string[] => [
  `acquire alice ${target} ttl=30m`,
  `acquire bob ${target} wait ttl=30m`,
  `advance ${length}`,
  `release alice ${target}`,
  'advance 1m',
  `release bob ${target}`,
];

interface Row {
  readonly told: string;
  readonly kind: FindingKind;
  readonly lines: readonly string[];
  readonly settings?: Partial<Settings>;
  readonly evidence: object;
  readonly suggestion: string;
}

const rows: readonly Row[] = [
  {
    told: 'a file that was waited for: would it do without a lock?',
    kind: 'busyTarget',
    lines: waitFor('api/a.ts', '4m'),
    evidence: { target: 'api/a.ts', holds: 2, heldMs: 300_000, waits: 1, waitedMs: 240_000 },
    suggestion: 'fit --from-log --free api/a.ts',
  },
  {
    told: 'a scope that was waited for, where files could be locked alone: smaller ones',
    kind: 'busyTarget',
    lines: waitFor('api', '4m'),
    evidence: { target: 'api', kind: 'scope', longest: { revision: 6, lengthMs: 240_000 } },
    suggestion: 'fit --from-log --split api/*',
  },
  {
    told: 'a scope where whole scopes are asked for: files instead',
    kind: 'busyTarget',
    lines: waitFor('api', '4m'),
    settings: { claimLevel: 'scope' },
    evidence: { target: 'api' },
    suggestion: 'agent_coordination.claim: file',
  },
  {
    told: 'a resource that was waited for: one more of it',
    kind: 'busyTarget',
    lines: waitFor('@port', '4m'),
    settings: { resources: { '@port': 1 } as Settings['resources'] },
    evidence: { target: '@port', kind: 'resource', waitedMs: 240_000 },
    suggestion: 'agent_coordination.resources.port: { capacity: 2 }',
  },
  {
    told: 'who waited for whom',
    kind: 'waitsOn',
    lines: waitFor('api', '4m'),
    evidence: { waiter: 'bob', holder: 'alice', waits: 1, waitedMs: 240_000, longest: { target: 'api' } },
    suggestion: 'log --agent alice --event lock',
  },
  {
    told: 'a large share of waiting',
    kind: 'waitShare',
    lines: waitFor('api', '6m'),
    evidence: { waitedMs: 360_000, workingMs: 420_000 },
    suggestion: 'fit --from-log --agents 2',
  },
  {
    told: 'waiting for a place',
    kind: 'places',
    lines: ['acquire alice api ttl=30m', 'acquire bob web wait', 'advance 2m'],
    settings: { maxConcurrentAgents: 1 },
    evidence: { waitedMs: 120_000, places: 1, longest: { revision: 6 } },
    suggestion: 'agent_coordination.max_concurrent_agents: 2',
  },
  {
    told: 'a lease that lapsed while its agent worked: twice as long',
    kind: 'lapsed',
    lines: ['acquire alice api ttl=60s', 'advance 2m', 'acquire alice api ttl=60s'],
    evidence: { agent: 'alice', count: 1, last: { target: 'api', revision: 6, back: 7 }, ttlMs: 60_000 },
    suggestion: 'agent_coordination.lock_timeout: 2m',
  },
  {
    told: 'two agents that take a lock from each other',
    kind: 'oscillation',
    lines: ['alice', 'bob', 'alice', 'bob', 'alice'].flatMap((agent) => [
      `acquire ${agent} api/a.ts`,
      'advance 10s',
      `release ${agent} api/a.ts`,
    ]),
    evidence: { target: 'api/a.ts', between: ['alice', 'bob'], count: 4, first: 7, last: 13 },
    suggestion: 'lock history api/a.ts',
  },
  {
    told: 'a lock under which nothing was changed while others waited: a shorter hold',
    kind: 'idleHolder',
    lines: [
      'acquire alice api ttl=30m',
      'acquire bob api wait',
      'advance 6m',
      'release alice api changed=none',
    ],
    evidence: { agent: 'alice', count: 1, heldMs: 360_000, waitedMs: 360_000, longest: { target: 'api' } },
    suggestion: 'agent_coordination.max_contended_hold: 3m',
  },
  {
    told: 'waits for a whole scope of two who then changed different files',
    kind: 'needlessWaits',
    lines: [
      'acquire alice api ttl=30m',
      'acquire bob api wait ttl=30m',
      'advance 4m',
      'release alice api changed=api/a.ts',
      'advance 1m',
      'release bob api changed=api/b.ts',
    ],
    evidence: { scope: 'api', waits: 1, savedMs: 240_000, longest: { revision: 6, lengthMs: 240_000 } },
    suggestion: 'fit --from-log --split api/*',
  },
  {
    told: 'an agent that waits still',
    kind: 'stuck',
    lines: ['acquire alice api ttl=30m', 'acquire bob api wait', 'advance 5m'],
    evidence: { agent: 'bob', how: 'waits', lengthMs: 300_000, revision: 6, targets: ['api'] },
    suggestion: 'why bob --as agent',
  },
  {
    told: 'an agent that has said that it cannot go on',
    kind: 'stuck',
    lines: ['acquire alice api ttl=30m', 'set alice blocked reason=unsure', 'advance 4m'],
    evidence: { agent: 'alice', how: 'blocked', lengthMs: 240_000, revision: 6 },
    suggestion: 'why alice --as agent',
  },
  {
    told: 'an agent whose waits come to nothing',
    kind: 'stuck',
    lines: [
      'acquire alice api ttl=30m',
      ...Array.from({ length: 3 }, () => ['acquire bob api wait=10s', 'advance 11s']).flat(),
    ],
    evidence: { agent: 'bob', how: 'vain', count: 3, lengthMs: 30_000, revision: 6 },
    suggestion: 'why bob --as agent',
  },
];

describe('finds', () => {
  it.each(rows)('$told', ({ kind, lines, settings = {}, evidence, suggestion }) => {
    expect(findingOf(kind, lines, settings)).toMatchObject([{ ...evidence, suggestion }]);
  });
});

describe('does not take for a finding', () => {
  const quiet: readonly (readonly [string, FindingKind, readonly string[]])[] = [
    ['a wait of less than a minute', 'busyTarget', waitFor('api', '50s')],
    ['a lease of an agent that did nothing more', 'lapsed', ['acquire alice api ttl=60s', 'advance 2m']],
    [
      'a lease of an agent whose process ended',
      'lapsed',
      ['acquire alice api', 'dead alice', 'advance 1m', 'join alice'],
    ],
    [
      'a lease of an agent that came back much later',
      'lapsed',
      ['acquire alice api ttl=60s', 'advance 12m', 'acquire alice api'],
    ],
    [
      'three agents in turn',
      'oscillation',
      ['alice', 'bob', 'carol', 'alice', 'bob', 'carol'].flatMap((agent) => [
        `acquire ${agent} api`,
        `release ${agent} api`,
      ]),
    ],
    [
      'two agents that change the same file',
      'needlessWaits',
      [
        'acquire alice api ttl=30m',
        'acquire bob api wait ttl=30m',
        'advance 4m',
        'release alice api changed=api/a.ts',
        'release bob api changed=api/a.ts',
      ],
    ],
    [
      'an idle hold for which nobody waited',
      'idleHolder',
      ['acquire alice api ttl=30m', 'advance 6m', 'release alice api changed=none'],
    ],
    [
      'an agent that gave back what it was blocked with',
      'stuck',
      ['acquire alice api ttl=30m', 'set alice blocked reason=unsure', 'release alice api', 'advance 4m'],
    ],
  ];
  it.each(quiet)('%s', (_told, kind, lines) => {
    expect(findingOf(kind, lines)).toEqual([]);
  });
});

it('finds nothing in a log of work that met nobody', () => {
  const alone = ['acquire alice api', 'advance 30s', 'release alice api', 'acquire bob web', 'advance 30s'];
  const insights = insightsOf(tell([...team, ...alone]));
  expect(insights).toMatchObject({ findings: [], more: {}, waitsOn: [], totals: { waitShare: 0, holds: 2 } });
});

it('time of whoever waits while it holds something counts as waiting', () => {
  const lines = [
    'acquire alice api ttl=30m',
    'acquire bob web ttl=30m',
    'acquire bob api wait ttl=30m',
    'advance 2m',
  ];
  const { totals } = insightsOf(tell([...team, ...lines], { maxLocksPerAgent: 2 }));
  expect(totals).toMatchObject({ workingMs: 120_000, waitedMs: 120_000, waitShare: 0.5 });
});

it('tells the first three of a kind, and counts the others', () => {
  const files = ['a', 'b', 'c', 'd', 'e'].map((name) => waitFor(`api/${name}.ts`, '2m'));
  const { findings, more } = insightsOf(tell([...team, ...files.flat()]));
  expect(findings.filter(({ kind }) => kind === 'busyTarget')).toHaveLength(3);
  expect(more).toEqual({ busyTarget: 2 });
});

it('proposes no command that reads the log where the log is elsewhere', () => {
  const { findings } = insightsOf(tell([...team, ...waitFor('api/a.ts', '4m')]), false);
  const busy = findings.find(({ kind }) => kind === 'busyTarget')!;
  expect(tried(busy.suggestion)).toBe('fit --free api/a.ts');
});

it('the thresholds are those that docs/insights.md states', () => {
  const page = readFileSync('docs/insights.md', 'utf8');
  const row = (kind: FindingKind): string =>
    page.split('\n').find((line) => line.startsWith(`| \`${kind}\``)) ?? '';
  const stated: Readonly<Record<FindingKind, readonly string[]>> = {
    stuck: [duration(thresholds.stuckMinMs), `${thresholds.vainWaitsMin} waits`],
    lapsed: [duration(thresholds.backWithinMs)],
    waitShare: [`${thresholds.waitShareMin * 100} %`, duration(thresholds.shareWaitedMinMs)],
    busyTarget: [duration(thresholds.waitedMinMs)],
    needlessWaits: [duration(thresholds.waitedMinMs)],
    places: [duration(thresholds.waitedMinMs)],
    waitsOn: [duration(thresholds.waitedMinMs)],
    oscillation: [`${thresholds.handoversMin} times`, duration(thresholds.handoverWithinMs)],
    idleHolder: [duration(thresholds.idleHoldMinMs), duration(thresholds.waitedMinMs)],
  };
  for (const kind of findingKinds) for (const text of stated[kind]) expect(row(kind)).toContain(text);
});
