import { named } from './ids.ts';

/** Of a longer cycle the first steps, and where it comes back to. */
const stepsMax = 12;

/** `a -> b -> a`, and of a long cycle that it goes on: `a -> b -> ... 1,887 more -> a`. */
export function cycleText(cycle: readonly string[]): string {
  const more = cycle.length - stepsMax - 1;
  const shown =
    more <= 0
      ? cycle.map((path) => named(path))
      : [
          ...cycle.slice(0, stepsMax).map((path) => named(path)),
          `... ${more} more`,
          ...cycle.slice(-1).map((path) => named(path)),
        ];
  return shown.join(' -> ');
}
