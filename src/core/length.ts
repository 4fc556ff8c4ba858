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
  return said(ms, (restMs, grainMs) => 2 * restMs >= grainMs);
}

/** How long ago something was. */
export function ago(thenMs: number, nowMs: number): string {
  return `${duration(nowMs - thenMs)} ago`;
}

/** What is still to come, rounded up: a lease of a minute that was just granted has a minute left. */
export function timeLeft(ms: number): string {
  return said(ms, (restMs) => restMs > 0);
}

function said(ms: number, isRoundedUp: (restMs: number, grainMs: number) => boolean): string {
  if (ms <= 0) return '0 s';
  const grainMs = grainOf(ms);
  const restMs = ms % grainMs;
  // It may come to more than such a length is said in: 59.6 s to a minute.
  const wholeMs = ms - restMs + (isRoundedUp(restMs, grainMs) ? grainMs : 0);
  if (wholeMs < secondMs) return `${wholeMs / secondMs} s`;
  return inUnits(wholeMs);
}

function inUnits(wholeMs: number): string {
  const first = units.findIndex(([unitMs]) => wholeMs >= unitMs);
  let leftMs = wholeMs;
  const parts = units.slice(first, first + 2).flatMap(([unitMs, name]) => {
    const belowMs = leftMs % unitMs;
    const number = (leftMs - belowMs) / unitMs;
    leftMs = belowMs;
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
