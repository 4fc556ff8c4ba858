import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrokenSimulations } from './broken.ts';
import { fewRequests, type Fault } from './fault.ts';
import { faults } from './faults.ts';
import { inTime } from '../test/speeds.ts';
import type { TrialName, trials as shippedTrials } from './trials.ts';

type Trials = typeof shippedTrials;

/**
 * A change of the product changes what happens under every seed: so a fault is looked for with several, enough for one that
 * every twelfth finds.
 */
const seedsPerFault = 60;
const seedsWithout = 4;
const broken = new BrokenSimulations();
afterAll(() => broken.dispose());

async function whatItSays(trials: Trials, trial: TrialName, seed: number): Promise<string | null> {
  try {
    await trials[trial](seed);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The first seed with which the simulation says what is wrong. Throws what it said instead when there is none. */
async function seedThatFinds({ trial, said }: Fault, trials: Trials): Promise<number> {
  const others: string[] = [];
  for (let seed = 1; seed <= seedsPerFault; seed += 1) {
    const words = await whatItSays(trials, trial, seed);
    if (words !== null && said.test(words)) return seed;
    if (words !== null) others.push(`seed ${seed}: ${words}`);
  }
  throw new Error(`none of ${seedsPerFault} seeds finds it; said was: ${others.join('; ') || 'nothing'}`);
}

describe('the simulation finds what is put back', () => {
  for (const fault of inTime(faults, 5))
    it(`${fault.name} (${fault.trial})`, async ({ annotate }) => {
      const { trials } = await broken.load(fault.changes);
      await annotate(`found with seed ${await seedThatFinds(fault, trials)}`);
    });
});

describe('the simulation finds nothing wrong', () => {
  let product: Trials;
  beforeAll(async () => void ({ trials: product } = await broken.load([])));

  for (const trial of new Set(faults.map((fault) => fault.trial)))
    it(`with the product as it is (${trial})`, async () => {
      for (let seed = 1; seed <= seedsWithout; seed += 1)
        expect(await whatItSays(product, trial, seed), `seed ${seed}`).toBeNull();
    });

  it('when so few requests are remembered that most repeats are older', async () => {
    const { trials } = await broken.load([fewRequests]);
    for (let seed = 1; seed <= seedsWithout; seed += 1)
      expect(await whatItSays(trials, 'everything', seed), `seed ${seed}`).toBeNull();
  });
});
