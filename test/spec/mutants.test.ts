import { afterAll, describe, expect, it } from 'vitest';
import { compileCore, mutants, verdictOn } from './mutants/index.ts';

const compiled = compileCore();
afterAll(() => compiled.dispose());

describe('the comparison with the specification finds every deliberately broken core', () => {
  it('finds nothing wrong with the core itself', async () => {
    expect(verdictOn(await compiled.load(null), 'Locks22c2')).toBeNull();
  });

  for (const mutant of mutants)
    it(`in which ${mutant.name}`, async () => {
      expect(verdictOn(await compiled.load(mutant), mutant.model)).toBe(mutant.caughtBy);
    });
});
