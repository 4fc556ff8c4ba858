import { asDurationMs, formatDuration, quote, type DurationMs, type Parsed } from '../core/index.ts';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

const durationPattern = /^(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d)?$/;
/** Several units, the larger before the smaller, as answers say it: `1 min 40 s`. */
const severalPattern = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;
const severalUnits = [unitMs.d, unitMs.h, unitMs.m, unitMs.s, unitMs.ms] as const;
const validForms = `write seconds (90), or a number with a unit: 500ms, 90s, 5m, 1m40s, 2h, 7d`;

/**
 * A length of time as people write it: `500ms`, `90s`, `1m40s`, `1.5h`, `7d`; a plain number is seconds, as in the proposal. It
 * comes to a whole number of milliseconds. Common libraries also take `-5m` and `3 years` and read `0s` as nothing,
 * which in a lease is a trap; hence this strict form.
 */
export function parseDuration(input: string | number): Parsed<DurationMs> {
  const text = typeof input === 'number' ? String(input) : input.trim();
  const valueMs = valueOf(text);
  if (valueMs === null) return { ok: false, problem: `${shown(input)} is not a duration: ${validForms}` };
  const wholeMs = Math.round(valueMs);
  if (!Number.isSafeInteger(wholeMs) || Math.abs(valueMs - wholeMs) > 1e-6)
    return {
      ok: false,
      problem: `${shown(input)} is not a whole number of milliseconds within reach: ${validForms}`,
    };
  return { ok: true, value: asDurationMs(wholeMs) };
}

/** Null: it is none. */
function valueOf(text: string): number | null {
  const match = durationPattern.exec(text);
  if (match !== null) return Number(match[1]) * unitMs[(match[2] ?? 's') as Unit];
  const several = text === '' ? null : severalPattern.exec(text);
  if (several === null) return null;
  return severalUnits.reduce((sum, each, index) => sum + Number(several[index + 1] ?? 0) * each, 0);
}

function shown(input: string | number): string {
  return typeof input === 'number' ? String(input) : quote(input);
}

export { formatDuration };
