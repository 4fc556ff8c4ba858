/** Pause before the next try after `failures` in a row (from 1), in milliseconds. */
export type BackoffMs = (failures: number) => number;

/** Uniform from 0 (included) to 1 (excluded). Handed in, so that a test or a simulation can repeat a run. */
export type Chance = () => number;

export const systemChance: Chance = () => Math.random();

/** `firstMs` doubled with each failure up to `longestMs`, of which `jitter` (0 to 1) is left to chance. */
export interface BackoffShape {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly jitter: number;
}

/** The jitter keeps those who lost the same thing from coming back in step. */
export function jitteredBackoff(
  { firstMs, longestMs, jitter }: BackoffShape,
  chance: Chance = systemChance,
): BackoffMs {
  return (failures) => {
    const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
    return fullMs * (1 - jitter + jitter * chance());
  };
}
