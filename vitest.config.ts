import { relative, sep } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { campaigns, slowTests } from './test/speeds.ts';

const everything = ['src/**/*.test.ts', 'test/**/*.test.ts', 'sim/**/*.test.ts', 'bench/**/*.test.ts'];

/** What takes longest begins first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files.filter((file) => rankOf(file) === -1));
    const slow = files.filter((file) => rankOf(file) !== -1);
    return [...slow.sort((a, b) => rankOf(a) - rankOf(b)), ...others];
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  return slowTests.indexOf(
    relative(import.meta.dirname, moduleId)
      .split(sep)
      .join('/'),
  );
}

/** `--mode quick`: what `npm test` runs; `--mode slow`: the rest, but for campaigns. Without, everything. */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'slow' ? slowTests.filter((file) => !campaigns.includes(file)) : everything,
    exclude: [...configDefaults.exclude, ...(mode === 'quick' ? slowTests : [])],
    env: { TEST_MODE: mode },
    sequence: { sequencer: LongestFirst },
    // Real processes on a busy machine: a limit is for what hangs, not for what is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
}));
