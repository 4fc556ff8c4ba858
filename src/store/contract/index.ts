import { appendCases } from './appends.ts';
import { lifeCases } from './lives.ts';
import { readCases } from './reads.ts';
import { requestCases } from './requests.ts';
import { searchCases } from './searches.ts';
import { snapshotCases } from './snapshots.ts';
import type { ContractCase } from './support.ts';

export type { ContractCase, OpenStore } from './support.ts';

/** What every driver must do, for any test-runner: each case gets a log of its own. */
export const logStoreContract: readonly ContractCase[] = [
  ...appendCases,
  ...readCases,
  ...searchCases,
  ...requestCases,
  ...snapshotCases,
  ...lifeCases,
];
