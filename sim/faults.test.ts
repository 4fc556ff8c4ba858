import { afterAll, describe, expect, it } from 'vitest';
import { BrokenSimulations } from './broken.ts';
import { faults, fewRequests } from './faults.ts';
import { defaultSteps } from './simulate.ts';

const broken = new BrokenSimulations();
afterAll(() => broken.dispose());

describe('the simulation finds what is put back', () => {
  for (const { name, changes, said, seed } of faults)
    it(`${name} (seed ${seed})`, async () => {
      const { simulate } = await broken.load(changes);
      await expect(simulate(seed, defaultSteps)).rejects.toThrow(said);
    });
});

describe('the simulation finds nothing wrong', () => {
  it('with the product as it is, in the same runs', async () => {
    const { simulate } = await broken.load([]);
    for (const seed of new Set(faults.map((fault) => fault.seed))) await simulate(seed, defaultSteps);
  });

  it('when so few requests are remembered that most repeats are older', async () => {
    const { simulate } = await broken.load([fewRequests]);
    for (let seed = 1; seed <= 10; seed += 1) await simulate(seed, defaultSteps);
  });
});
