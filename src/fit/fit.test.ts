import { describe, expect, test } from 'vitest';
import { choice, jobs } from '../../test/fit/support.ts';
import type { Change } from './change.ts';
import { fit, gainFor, hottestSplit, type FitInput } from './fit.ts';

const all = new Set<Change['key']>([
  'claim',
  'free',
  'split',
  'max_locks_per_agent',
  'max_concurrent_agents',
]);
const many = (count: number, text: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => text(index));

/** Every job touches the changelog, and a file of its own. */
const changelogs = jobs(...many(12, (index) => `CHANGES.md src/api/f${index} 4`));

const ask = (over: Partial<FitInput>) =>
  fit({
    jobs: changelogs,
    choice: choice('. src'),
    agents: 3,
    asked: [],
    freeable: [],
    settable: all,
    ...over,
  });

const gainsOf = (over: Partial<FitInput>) => ask(over).gains.map(({ agents, gain }) => [agents, gain]);

test('several agents are compared with one', () => {
  expect(gainsOf({})).toEqual([2, 3, 5, 8].map((agents) => [agents, 1]));
  expect(gainsOf({ choice: choice('. src', { free: ['CHANGES.md'] }) })).toEqual([
    [2, 2],
    [3, 3],
    [5, 4],
    [8, 6],
  ]);
  expect(gainsOf({ agents: 4 }).map(([agents]) => agents)).toEqual([2, 3, 4, 5, 8]);
});

test('one replay tells the same gains', () => {
  const two = { jobs: jobs('src/a 6', 'src/a 6', 'src/b 6', 'src/b 6'), choice: choice('src'), agents: 2 };
  const gains = { gain: 4 / 3, withHooks: 2 };
  expect(gainFor(two, () => undefined)).toMatchObject(gains);
  expect(ask(two).gains[0]).toMatchObject({ agents: 2, ...gains });
});

describe('other choices', () => {
  const otherKeys = (over: Partial<FitInput>) =>
    ask(over).others.map(({ changes, steps, isAsked }) => [
      changes
        .map((change) =>
          'value' in change ? `${change.key} ${change.value}` : `${change.key} ${change.add.join()}`,
        )
        .join(' + '),
      steps,
      isAsked,
    ]);

  test('are the other level, one lock, a split of the hottest scope, what is free elsewhere, and other habits', () => {
    expect(otherKeys({ freeable: ['CHANGES.md'] })).toEqual([
      ['claim scope', 1, false],
      ['max_locks_per_agent 1', 1, false],
      ['claim scope + split /src/*', 1, false],
      ['free CHANGES.md', 1, false],
      ['', 10, false],
    ]);
  });

  test('are also those that somebody asks about, together', () => {
    const asked: Change[] = [
      { key: 'claim', value: 'scope' },
      { key: 'free', add: ['CHANGES.md'] },
    ];
    const [first] = ask({ asked }).others;
    // Now the source is one lock.
    expect(first).toMatchObject({ isAsked: true, changes: asked, gain: { gain: 1 } });
  });

  test('are told once where somebody asks about one of them', () => {
    const split: Change[] = [
      { key: 'split', add: ['/src/*'] },
      { key: 'claim', value: 'scope' },
    ];
    for (const asked of [[{ key: 'claim', value: 'scope' } as const], split]) {
      const keys = otherKeys({ asked }).map(([text]) => text);
      expect(keys.length).toBe(otherKeys({}).length);
    }
    expect(otherKeys({ asked: [{ key: 'max_locks_per_agent', value: 1 }] })[0]).toEqual([
      'max_locks_per_agent 1',
      1,
      true,
    ]);
  });

  test('leave out what would be no change', () => {
    expect(otherKeys({ choice: choice('.', { maxLocksPerAgent: 1 }) }).map(([text]) => text)).not.toContain(
      'max_locks_per_agent 1',
    );
  });
});

test('the hottest scope is the one that most jobs need', () => {
  const work = jobs('src/a/x', 'src/b/x', 'src/c/x', 'docs/x/y');
  expect(hottestSplit(work, choice('src docs', { claim: 'scope' }))).toBe('/src/*');
});

describe('what is recommended', () => {
  const changesOf = (over: Partial<FitInput>) => ask(over).recommended?.changes ?? null;

  test('is what gives more, and what it gives', () => {
    expect(ask({ freeable: ['CHANGES.md'] }).recommended).toMatchObject({
      changes: [{ key: 'free', add: ['CHANGES.md'] }],
      gain: { agents: 3, gain: 3 },
    });
  });

  test('is nothing where nothing gives more', () => {
    expect(changesOf({ freeable: ['yarn.lock'] })).toBeNull();
  });

  test('is also what helps only together', () => {
    const under = choice('. src', { claim: 'scope', maxConcurrentAgents: 2 });
    expect(changesOf({ choice: under, freeable: ['CHANGES.md'] })).toEqual([
      { key: 'claim', value: 'file' },
      { key: 'max_concurrent_agents', value: 3 },
      { key: 'free', add: ['CHANGES.md'] },
    ]);
  });

  test('leaves out what is not missed', () => {
    const work = jobs(...many(12, (index) => `src/api/f${index} 4`));
    const under = choice('. src', { claim: 'scope' });
    expect(changesOf({ jobs: work, choice: under, freeable: ['CHANGES.md'] })).toEqual([
      { key: 'claim', value: 'file' },
    ]);
  });

  test('is as many scopes for an agent as 95 jobs in 100 need, where more than 5 are refused', () => {
    const wide = jobs(...many(19, (index) => `a/f${index} b/f${index}`), 'a/f b/f c/f d/f');
    expect(changesOf({ jobs: wide, choice: choice('a b c d', { maxLocksPerAgent: 1 }) })).toEqual([
      { key: 'max_locks_per_agent', value: 2 },
    ]);
    const whole = jobs(...many(19, () => 'a! b!'), 'a! b! c! d!');
    expect(changesOf({ jobs: whole, choice: choice('a b c d', { maxLocksPerAgent: 1 }) })).toEqual([
      { key: 'max_locks_per_agent', value: 2 },
    ]);
    const narrow = jobs(...many(19, (index) => `a/f${index}`), 'a/f b/f');
    expect(changesOf({ jobs: narrow, choice: choice('a b', { maxLocksPerAgent: 1 }) })).toBeNull();
  });

  test('is nothing that nobody acts on', () => {
    expect(changesOf({ freeable: ['CHANGES.md'], settable: new Set(['split']) })).toBeNull();
  });
});
