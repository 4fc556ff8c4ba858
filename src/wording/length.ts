/** Lengths of time as people say them, two units at most: `0.4 s`, `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type Unit = readonly [ms: number, name: string];
const units: readonly Unit[] = [
  [dayMs, 'd'],
  [hourMs, 'h'],
  [minuteMs, 'min'],
  [secondMs, 's'],
];

/** What has passed, to the nearest that is said: a wait of 1.99 s was one of two seconds. */
export function duration(ms: number): string {
  return said(ms, Math.round);
}

/** What is still to come, rounded up: a lease of a minute that was just granted has a minute left. */
export function timeLeft(ms: number): string {
  return said(ms, Math.ceil);
}

function said(ms: number, round: (number: number) => number): string {
  const grain = grainOf(ms);
  // It may come to more than such a length is said in: 59.6 s to a minute.
  const whole = Math.max(0, round(ms / grain)) * grain;
  if (whole < secondMs) return `${whole / secondMs} s`;
  const first = units.findIndex(([unitMs]) => whole >= unitMs);
  let restMs = whole;
  const parts = units.slice(first, first + 2).flatMap(([unitMs, name]) => {
    const number = Math.floor(restMs / unitMs);
    restMs -= number * unitMs;
    return number === 0 ? [] : [`${number} ${name}`];
  });
  return parts.join(' ');
}

/** The smallest that is said of such a length. */
function grainOf(ms: number): number {
  if (ms < secondMs) return secondMs / 10;
  if (ms < hourMs) return secondMs;
  return ms < dayMs ? minuteMs : hourMs;
}
