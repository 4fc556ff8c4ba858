/** Lengths of time as settings have them. */
import type { DurationMs } from './ids.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** The shortest exact text, in the form in which people write settings: `90s`, `5m`, `1d`; `0s` for none. */
export function formatDuration(duration: DurationMs): string {
  if (duration === 0) return '0s';
  const [unit, unitMs] = units.find(([, ms]) => duration % ms === 0) ?? ['ms', 1];
  return `${duration / unitMs}${unit}`;
}
