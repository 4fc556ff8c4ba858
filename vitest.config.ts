import { relative, sep } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { aloneTests, campaigns, slowTests } from './test/speeds.ts';

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

/** The slow test files that a mode runs. */
function slowOnesOf(mode: string): readonly string[] {
  if (mode === 'quick') return [];
  return mode === 'slow' ? slowTests.filter((file) => !campaigns.includes(file)) : slowTests;
}

/** `--mode quick`: what `npm test` runs; `--mode slow`: the rest, but for campaigns. Without, everything. */
export default defineConfig(({ mode }) => {
  // Real processes on a busy machine: a limit is for what hangs, not for what is slow.
  const common = { env: { TEST_MODE: mode }, testTimeout: 180_000, hookTimeout: 180_000 };
  const quick = mode !== 'slow';
  return {
    test: {
      sequence: { sequencer: LongestFirst },
      maxWorkers: 2,
      projects: [
        {
          // Most files need milliseconds, and to load the product anew for each took half of all the time.
          test: {
            ...common,
            name: 'together',
            isolate: false,
            include: quick ? everything : [],
            exclude: [...configDefaults.exclude, ...slowTests, ...aloneTests],
          },
        },
        {
          test: {
            ...common,
            name: 'alone',
            include: [...slowOnesOf(mode), ...(quick ? aloneTests : [])],
          },
        },
      ],
    },
  };
});
