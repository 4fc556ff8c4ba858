import { describe, expect, it } from 'vitest';
import { isInTime } from '../test/speeds.ts';
import { Random } from './random.ts';
import { defaultSteps, simulate } from './simulate.ts';

/** Runs in one test: so that a failure is told early, and the whole is not one long silence. */
const seedsPerTest = 50;
const seedsInAll = isInTime ? 100 : 200;

async function simulateWell(seed: number): Promise<void> {
  try {
    await simulate(seed, defaultSteps);
  } catch (cause) {
    throw new Error(`seed ${seed} failed: replay it with \`npm run sim -- --seed ${seed}\``, { cause });
  }
}

describe('simulated runs', () => {
  for (let from = 1; from <= seedsInAll; from += seedsPerTest) {
    const to = from + seedsPerTest - 1;
    it(`keep every promise under faults, and get on once these stop (seeds ${from} to ${to})`, async () => {
      for (let seed = from; seed <= to; seed += 1) await simulateWell(seed);
    });
  }

  it('are a function of their seed', async () => {
    const first = await simulate(42, defaultSteps);
    expect(await simulate(42, defaultSteps)).toEqual(first);
    expect(first.grants).toBeGreaterThan(0);
  });

  it('reach all kinds of trouble between them', async () => {
    const codes = new Set<string>();
    const happened = new Set<string>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const { rejections, fileGrants, slotGrants, moved, messages, losses, broken } = await simulate(
        seed,
        defaultSteps,
      );
      for (const code of rejections.keys()) codes.add(code);
      for (const [what, times] of Object.entries({ fileGrants, slotGrants, moved, messages, losses, broken }))
        if (times > 0) happened.add(what);
    }
    expect([...happened].toSorted()).toEqual([
      'broken',
      'fileGrants',
      'losses',
      'messages',
      'moved',
      'slotGrants',
    ]);
    for (const code of [
      'LOCK_HELD',
      'AGENT_LOST',
      'STALE_FENCING_TOKEN',
      'DEPENDENCY_CYCLE',
      'RESERVED_FOR_WAITER',
      'WOULD_DEADLOCK',
      'SCOPE_NOT_FOUND',
      'RESOURCE_NOT_FOUND',
      'NO_RECIPIENT',
    ])
      expect(codes).toContain(code);
  });
});

describe('chance', () => {
  it('is the same for the same seed and spread evenly', () => {
    const draw = (): number[] => {
      const random = new Random(7);
      return Array.from({ length: 10_000 }, () => random.between(1, 10));
    };
    expect(draw()).toEqual(draw());
    for (let value = 1; value <= 10; value += 1)
      expect(draw().filter((drawn) => drawn === value).length).toBeGreaterThan(800);
  });
});
