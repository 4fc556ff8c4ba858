/** Lengths of time as settings have them. */
import type { DurationMs } from './ids.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** More of a unit than anybody counts is said in several: 500 minutes are `8h20m`. */
const countedMax = 99;

/** A short exact text, in the form in which people write settings: `90s`, `5m`, `8h20m`, `1d`; `0s` for none. */
export function formatDuration(duration: DurationMs): string {
  if (duration === 0) return '0s';
  const [unit, unitMs] = units.find(([, ms]) => duration % ms === 0) ?? ['ms', 1];
  if (unit === 'ms' || duration / unitMs <= countedMax) return `${duration / unitMs}${unit}`;
  return inSeveral(duration);
}

function inSeveral(duration: number): string {
  let restMs = duration;
  const parts = units.map(([unit, unitMs]) => {
    const count = (restMs - (restMs % unitMs)) / unitMs;
    restMs %= unitMs;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('');
}
