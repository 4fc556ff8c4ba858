/** A fault that is put back, and what its tests share. */
import type { Change } from './broken.ts';
import type { TrialName } from './trials.ts';

export interface Fault {
  /** What a user sees. */
  readonly name: string;
  readonly changes: readonly Change[];
  /** Part of what the simulation says. */
  readonly said: RegExp;
  /** The kind of run that shows it. */
  readonly trial: TrialName;
}

export const change = (file: string, find: string, replace: string): Change => ({ file, find, replace });

/** So few that runs of this size forget; the mend must hold then as well. */
export const fewRequests = change(
  'src/core/limits.ts',
  'recentRequestsMax = 10_000',
  'recentRequestsMax = 20',
);

/** Whoever reads another clock takes over as soon as something is due. */
export const noPatience = change(
  'src/service/writer.ts',
  'if (!time.isForeign || ',
  'if (time.isForeign || !time.isForeign || ',
);
