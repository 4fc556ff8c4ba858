/** Every kind of simulated run, as a function of its seed. */
import { simulateBackup } from './backup.ts';
import { simulateFullDisk } from './full-disk.ts';
import { simulateReaders } from './readers.ts';
import { defaultSteps, simulate } from './simulate.ts';
import { simulateWaiting } from './waiting.ts';

export type TrialName =
  | 'everything'
  | 'twoContainers'
  | 'twoMachines'
  | 'shortHistory'
  | 'readers'
  | 'fullDisk'
  | 'backup'
  | 'waiting';

/** Many requests arrive once more, and late. */
const late = { requestLost: 0, replyLost: 0, repeated: 0.1, repeatedLate: 0.4, delayMaxMs: 10 };

export const trials: Readonly<Record<TrialName, (seed: number) => Promise<unknown>>> = {
  everything: (seed) => simulate(seed, defaultSteps),
  twoContainers: (seed) => simulate(seed, defaultSteps, { second: 'sameClock' }),
  twoMachines: (seed) => simulate(seed, defaultSteps, { second: 'otherHost' }),
  shortHistory: (seed) =>
    simulate(seed, defaultSteps, { horizonMs: 5_000, snapshotEveryEntries: 10, network: late }),
  readers: simulateReaders,
  fullDisk: simulateFullDisk,
  backup: simulateBackup,
  waiting: simulateWaiting,
};

export function isTrialName(name: string): name is TrialName {
  return Object.hasOwn(trials, name);
}
