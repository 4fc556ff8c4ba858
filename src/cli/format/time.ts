import { isPointInTime } from '../../protocol/index.ts';
import { duration, timeLeft } from '../../wording/index.ts';

/** The clock time at the reader's place; with the date when it is not the reader's today. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  if (new Date(nowMs).toDateString() === at.toDateString()) return time;
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${time}`;
}

const pad = (number: number): string => String(number).padStart(2, '0');

/** `3 min ago`, or `in 50 s` for what is to come. */
export function relative(atMs: number, nowMs: number): string {
  return atMs > nowMs ? `in ${timeLeft(atMs - nowMs)}` : `${duration(nowMs - atMs)} ago`;
}

/** `until 14:06:11 (in 50 s)`. */
export function untilText(atMs: number, nowMs: number): string {
  return `until ${clockTime(atMs, nowMs)} (${relative(atMs, nowMs)})`;
}

/**
 * A copy in which every point in time `xMs` has an ISO 8601 text `x` beside it: programs calculate with the former,
 * people and their scripts read the latter.
 */
export function withIsoTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIsoTimes);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (isPointInTime(key)) copy[key.slice(0, -'Ms'.length)] = isoTime(field);
    copy[key] = withIsoTimes(field);
  }
  return copy;
}

function isoTime(field: unknown): string | null {
  if (typeof field !== 'number' || !(Math.abs(field) <= 8.64e15)) return null;
  return new Date(field).toISOString();
}
