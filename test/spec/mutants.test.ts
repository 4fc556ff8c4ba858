import { afterAll, describe, expect, it } from 'vitest';
import { inTime } from '../speeds.ts';
import { readGolden } from './golden.ts';
import { compileCore, mutants, verdictOn, type Mutant } from './mutants/index.ts';

const compiled = compileCore();
afterAll(() => compiled.dispose());

/** A graph must be explored to its end before it can be called another; large ones are left to `main.ts`. */
const edgesMax = 11_000;
const takesLong = ({ caughtBy, model }: Mutant): boolean =>
  caughtBy === 'graph' && readGolden(model).graph.edges > edgesMax;

describe('the comparison with the specification finds every deliberately broken core', () => {
  it('finds nothing wrong with the core itself', async () => {
    expect(verdictOn(await compiled.load(null), 'Locks22c2')).toBeNull();
  });

  for (const mutant of inTime(mutants, 3))
    it(`in which ${mutant.name}`, async ({ skip }) => {
      skip(takesLong(mutant), 'for main.ts');
      expect(verdictOn(await compiled.load(mutant), mutant.model)).toBe(mutant.caughtBy);
    });
});
