/**
 * How the core's tests run while Stryker mutates it: the same runs every time, ended by the first failure, the quick tests
 * first. Each mutant that survives costs a whole run, so the random runs are fewer than in `npm run test:all`.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders of tests, the quickest first. */
const folders = ['/src/core/safety/', '/src/core/', '/test/scenarios/', '/test/core/'];

class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      folders.findIndex((folder) => moduleId.includes(folder));
    return Promise.resolve(files.toSorted((a, b) => rank(a) - rank(b)));
  }
}

export default defineConfig({
  test: {
    include: [
      'src/core/**/*.test.ts',
      'test/scenarios/scenarios.test.ts',
      'test/core/{hammer,model}.test.ts',
    ],
    setupFiles: ['test/mutation/setup.ts'],
    env: { HAMMER_RUNS: '20', MODEL_RUNS: '60' },
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
    isolate: false,
  },
});
