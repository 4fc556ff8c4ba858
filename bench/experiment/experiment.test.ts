import { expect, test } from 'vitest';
import { folderOfTest } from '../../test/support/folder.ts';
import { cliMain } from '../../test/withstand/support/paths.ts';
import { runTrial, type Outcome } from './experiment.ts';
import type { Way } from './ground.ts';

/** Two jobs for each agent; the seed is one where the agents lose in the first two ways. */
const run = (way: Way): Promise<Outcome> =>
  runTrial({
    way,
    seed: 4,
    jobs: 8,
    folder: folderOfTest('rhema-experiment-'),
    cli: cliMain,
    onJobDone: () => undefined,
  });

const figures = (outcome: Outcome): object => ({ ...outcome, seconds: null });

test('without rhema edits are lost, overwritten and swept, and always the same', async () => {
  const outcome = await run('without');
  expect(outcome.lost).toBeGreaterThan(0);
  expect(outcome.overwritten).toBeGreaterThan(0);
  expect(outcome.swept).toBeGreaterThan(0);
  expect(figures(await run('without'))).toEqual(figures(outcome));
});

test('where only some ask for locks, edits are lost or swept', async () => {
  const { lost, overwritten, swept } = await run('locks');
  expect(lost + overwritten + swept).toBeGreaterThan(0);
}, 600_000);

test('with hooks every line that was written is there at the end, in a commit of its agent', async () => {
  const outcome = await run('hooks');
  expect(outcome).toMatchObject({ lost: 0, overwritten: 0, swept: 0, failedCommits: 0 });
  expect(outcome.refusals).toBeGreaterThan(0);
}, 600_000);
