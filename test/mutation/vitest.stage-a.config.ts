/**
 * How the core's tests run while Stryker mutates it: the same runs every time, ended by the first failure, the quick tests
 * first. Each mutant that survives costs a whole run, so the random runs are fewer than in `npm test`.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification): string =>
      `${moduleId.includes('/test/core/') ? 1 : 0} ${moduleId}`;
    return Promise.resolve(files.toSorted((a, b) => (weight(a) < weight(b) ? -1 : 1)));
  }
}

export default defineConfig({
  test: {
    include: ['src/core/**/*.test.ts', 'test/scenarios/*.test.ts'],
    setupFiles: ['test/mutation/setup.ts'],
    env: { HAMMER_RUNS: '60', MODEL_RUNS: '150' },
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
    isolate: false,
  },
});
