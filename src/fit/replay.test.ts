import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choice, job, jobs, minuteMs } from '../../test/fit/support.ts';
import { overlap, violations, type DurationMs, type State } from '../core/index.ts';
import { Needs, type Choice } from './choice.ts';
import type { Job } from './job.ts';
import { replay, type Replayed } from './replay.ts';

const ms = (minutes: number): DurationMs => (minutes * minuteMs) as DurationMs;

/** In minutes; refusals and waits by name as plain objects. */
function told(replayed: Replayed) {
  const { elapsedMs, waits, waitedMs, waitedInVain, leasesLost, refusals, waitedFor } = replayed;
  return {
    minutes: elapsedMs / minuteMs,
    waits,
    waited: waitedMs / minuteMs,
    waitedInVain,
    leasesLost,
    refusals: Object.fromEntries(refusals),
    waitedFor: Object.fromEntries([...waitedFor].map(([target, waitedMs]) => [target, waitedMs / minuteMs])),
  };
}

const run = (work: readonly Job[], under: Choice, agents: number, { ahead = 1, steps = 1 } = {}) =>
  told(replay(work, under, { agents, ahead, steps }));

const nothing = { waits: 0, waited: 0, waitedInVain: 0, leasesLost: 0, refusals: {}, waitedFor: {} };

describe('jobs in order', () => {
  test('one agent does one after the other', () => {
    expect(run(jobs('a/x 3', 'a/x 4', 'b/y 10'), choice('a b'), 1)).toEqual({ ...nothing, minutes: 17 });
  });

  test('what does not overlap is done at once', () => {
    expect(run(jobs('a/x 3', 'a/y 3', 'b/y 3', 'b/z 3'), choice('a b'), 2)).toEqual({
      ...nothing,
      minutes: 6,
    });
  });

  test('who wants what another has waits until it is given back', () => {
    expect(run(jobs('a/x 4', 'a/x a/y 3'), choice('a'), 2)).toEqual({
      ...nothing,
      minutes: 7,
      waits: 1,
      waited: 4,
      waitedFor: { 'a/x': 4 },
    });
  });

  test('where whole scopes are claimed, two files of one are in the way of each other', () => {
    expect(run(jobs('a/x 3', 'a/y 3'), choice('a', { claim: 'scope' }), 2)).toMatchObject({
      minutes: 6,
      waitedFor: { a: 3 },
    });
  });

  test('a recorded lock of the whole is in the way of each file in it, also where files are claimed', () => {
    expect(run(jobs('a! 3', 'a/y 3', 'b/z 3'), choice('a b'), 3)).toMatchObject({
      minutes: 6,
      waits: 1,
      waitedFor: { 'a/y': 3 },
    });
  });

  test('what is free, and what is in no scope, needs no lock', () => {
    const free = choice('a', { free: ['CHANGES.md'] });
    expect(run(jobs('a/CHANGES.md 3', 'a/CHANGES.md 3', 'z/x 3', 'z/x 3'), free, 4)).toEqual({
      ...nothing,
      minutes: 3,
    });
  });

  test('who cannot have a place waits for that, and for no target', () => {
    expect(run(jobs('a/x 3', 'a/y 3'), choice('a', { maxConcurrentAgents: 1 }), 2)).toMatchObject({
      minutes: 6,
      waits: 1,
      waitedFor: { null: 3 },
    });
  });

  test('who has waited for longer than max_block_time asks again, and is one job that waited', () => {
    expect(run(jobs('a/x 12', 'a/x 3'), choice('a', { maxBlockMs: ms(5) }), 2)).toMatchObject({
      minutes: 15,
      waits: 1,
      waited: 12,
      waitedInVain: 2,
    });
  });

  test('who loses its lease to others goes on with the work that is left', () => {
    const short = choice('a', { lockTtlMs: ms(1), lockTtlMaxMs: ms(2), maxContendedHoldMs: ms(5) });
    expect(run(jobs('a/x 12', 'a/x 3'), short, 2)).toMatchObject({ minutes: 15, leasesLost: 1 });
    // However many files it has: they are lost at once.
    const several = jobs('a/x a/y a/z 12', 'a/x a/y a/z 3');
    expect(run(several, short, 2)).toMatchObject({ minutes: 15, leasesLost: 1 });
  });

  test('leases are renewed for as long as the work takes', () => {
    const short = choice('a', { lockTtlMs: ms(1), lockTtlMaxMs: ms(2), sessionTtlMs: ms(3) });
    expect(run(jobs('a/x 200'), short, 1)).toEqual({ ...nothing, minutes: 200 });
  });
});

describe('what is too much at once', () => {
  test('for one agent is refused, counted, and done in pieces', () => {
    const one = choice('a b c', { maxLocksPerAgent: 1 });
    expect(run(jobs('a/x b/x c/x 6'), one, 1)).toEqual({
      ...nothing,
      minutes: 6,
      refusals: { LOCK_LIMIT_REACHED: 1 },
    });
    // Of four targets two are in `a`, so three of six minutes are; then it comes free for the other.
    expect(run(jobs('a/x a/y b/x c/x 6', 'a/x 3'), one, 2)).toMatchObject({ minutes: 6, waited: 3 });
  });

  test('in files is done under the whole scope', () => {
    const few = choice('a b', { maxFilesPerAgent: 2 });
    const replayed = run(jobs('a/x a/y a/z b/x 4', 'a/other 3', 'b/other 3'), few, 3);
    expect(replayed).toMatchObject({ refusals: { FILE_LIMIT_REACHED: 1 }, waitedFor: { 'a/other': 4 } });
  });
});

describe('an agent that looks ahead', () => {
  test('takes the first job that it need not wait for, and is refused those before it', () => {
    const work = jobs('a/x 6', 'a/x 3', 'a/y 6');
    expect(run(work, choice('a'), 2)).toMatchObject({ minutes: 12, waits: 1 });
    expect(run(work, choice('a'), 2, { ahead: 2 })).toEqual({
      ...nothing,
      minutes: 9,
      refusals: { LOCK_HELD: 1 },
    });
  });

  test('waits for the next where it is given none', () => {
    expect(run(jobs('a/x 6', 'a/x 3', 'a/x 3'), choice('a'), 2, { ahead: 2 })).toMatchObject({
      minutes: 12,
      waits: 2,
    });
  });
});

describe('an agent that asks as its work goes', () => {
  test('needs each part from when it comes to it, and keeps it to the end', () => {
    // The second begins with b/z, and has given back a/z when the first comes to it.
    expect(run(jobs('a/x a/y a/z 6', 'b/z a/z 4'), choice('a b'), 2, { steps: 3 })).toMatchObject({
      minutes: 6,
    });
    expect(run(jobs('a/x a/y a/z 6', 'b/z a/z 4'), choice('a b'), 2)).toMatchObject({ minutes: 10 });
  });

  test('is refused what would be a deadlock, gives back what it has, and goes on', () => {
    // The first takes a/y, the second a/x; then each wants the other's.
    expect(run(jobs('a/x a/y 4', 'a/x a/y 6'), choice('a'), 2, { steps: 2 })).toMatchObject({
      refusals: { WOULD_DEADLOCK: 1 },
    });
  });

  test('is refused what is more than it may hold, and goes on without the rest', () => {
    const one = choice('a b', { maxLocksPerAgent: 1 });
    expect(run(jobs('a/x b/x 4'), one, 1, { steps: 2 })).toEqual({
      ...nothing,
      minutes: 4,
      refusals: { AGENT_HOLDS_LOCK: 1 },
    });
  });
});

test('a job without a file takes its time and no lock', () => {
  expect(run([{ ...job('a/x 3'), files: [] }], choice('a'), 2)).toEqual({ ...nothing, minutes: 3 });
});

test('without jobs nothing takes any time', () => {
  expect(run([], choice('a'), 3)).toEqual({ ...nothing, minutes: 0 });
});

const name = fc.constantFrom('.', 'a', 'a/b', 'c');
const path = fc
  .tuple(name, fc.constantFrom('x', 'y', 'z', 'w'))
  .map(([folder, file]) => (folder === '.' ? file : `${folder}/${file}`));
const anyJob = fc
  .record({
    files: fc.uniqueArray(path, { maxLength: 5 }),
    whole: fc.uniqueArray(name, { maxLength: 1 }),
    minutes: fc.integer({ min: 1, max: 15 }),
  })
  .map(({ files, whole, minutes }) => job([...files, ...whole.map((one) => `${one}!`), minutes].join(' ')));
const anyChoice = fc
  .record({
    scopes: fc.uniqueArray(name, { minLength: 1 }),
    claim: fc.constantFrom('file' as const, 'scope' as const),
    free: fc.constantFrom([], ['x'], ['a/**']),
    maxConcurrentAgents: fc.integer({ min: 1, max: 4 }),
    maxLocksPerAgent: fc.integer({ min: 1, max: 3 }),
    maxFilesPerAgent: fc.integer({ min: 1, max: 4 }),
    lockTtlMaxMs: fc.constantFrom(ms(2), ms(60)),
    maxContendedHoldMs: fc.constantFrom(ms(2), ms(10)),
  })
  .map(({ scopes, ...rest }) => choice(scopes.join(' '), { lockTtlMs: ms(1), ...rest }));
const anyReplay = fc.record({
  work: fc.array(anyJob, { maxLength: 12 }),
  under: anyChoice,
  agents: fc.integer({ min: 1, max: 5 }),
  ahead: fc.constantFrom(1, 3),
  steps: fc.constantFrom(1, 3),
});

function heldByOthersAtOnce(state: State): unknown[] {
  const locks = [...state.locks.values()];
  return locks.flatMap((a) =>
    locks.filter((b) => a.agent < b.agent && overlap(state, a.target, b.target)).map((b) => [a, b]),
  );
}

test('nothing that overlaps is held by two, every job is done, and nobody does more than its share', () => {
  fc.assert(
    fc.property(anyReplay, ({ work, under, agents, ahead, steps }) => {
      const granted = new Set<string>();
      const replayed = replay(work, under, { agents, ahead, steps }, ({ events }, state) => {
        expect(heldByOthersAtOnce(state)).toEqual([]);
        expect(violations(state)).toEqual([]);
        for (const event of events)
          if (event.kind === 'lock.granted') granted.add(event.file ?? event.scope ?? '');
      });
      const allMs = work.reduce((sum, { workMs }) => sum + workMs, 0);
      expect(replayed.elapsedMs).toBeGreaterThanOrEqual(Math.floor(allMs / agents));
      expect(replayed.elapsedMs).toBeLessThanOrEqual(allMs + 1);
      const needs = new Needs(under);
      for (const one of work) {
        const { scopes, files = [] } = needs.of(one);
        for (const scope of scopes) expect(granted).toContain(scope);
        for (const file of files)
          expect(granted.has(file) || granted.has(needs.scopeOf(file) ?? '')).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
