import { afterAll, describe, expect, it } from 'vitest';
import { BrokenSimulations } from './broken.ts';
import { faults, fewRequests } from './faults.ts';
import { defaultSteps } from './simulate.ts';

const broken = new BrokenSimulations();
afterAll(() => broken.dispose());

describe('the simulation finds what is put back', () => {
  for (const { name, changes, said, seed, trial } of faults)
    it(`${name} (seed ${seed})`, async () => {
      const { simulate, simulateReaders } = await broken.load(changes);
      const run = trial === 'readers' ? simulateReaders(seed) : simulate(seed, defaultSteps);
      await expect(run).rejects.toThrow(said);
    });
});

describe('the simulation finds nothing wrong', () => {
  it('with the product as it is, in the same runs', async () => {
    const { simulate } = await broken.load([]);
    for (const seed of new Set(faults.map((fault) => fault.seed))) await simulate(seed, defaultSteps);
  });

  it('with a holder that renews while others read', async () => {
    const { simulateReaders } = await broken.load([]);
    for (const seed of [1, 2, 3]) await simulateReaders(seed);
  });

  it('when so few requests are remembered that most repeats are older', async () => {
    const { simulate } = await broken.load([fewRequests]);
    for (let seed = 1; seed <= 10; seed += 1) await simulate(seed, defaultSteps);
  });
});
