import { asRevision, asTimeMs } from '../../core/index.ts';
import type { TimeMs } from '../../core/index.ts';
import type { Moment } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';

const timeForms = '10m ago, 14:02, 2026-01-31, or 2026-01-31T14:02:00Z';

/** A moment as typed, or null for now. */
export function momentOf(call: Call, text: string | undefined): Moment | null {
  if (text === undefined || text === 'now') return null;
  const revision = /^@(\d+)$/.exec(text)?.[1];
  if (revision !== undefined) return { kind: 'revision', revision: asRevision(Number(revision)) };
  return { kind: 'time', atMs: timeIn(call, text, `@REVISION, ${timeForms}`) };
}

/** A point in time as typed: how long ago, a clock time of the last 24 hours, or ISO 8601 (local without a zone). */
export const timeOf = (call: Call, text: string): TimeMs => timeIn(call, text, timeForms);

/** `forms` are those that the option takes. */
function timeIn(call: Call, text: string, forms: string): TimeMs {
  const atMs = agoMs(text, call.nowMs) ?? clockMs(text, call.nowMs) ?? isoMs(text);
  if (atMs === null) throw invalidInput(`time ${JSON.stringify(text)}: write ${forms}`);
  return asTimeMs(atMs);
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function agoMs(text: string, nowMs: number): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*([smhd])(?:\s+ago)?$/.exec(text.trim());
  const unit = unitMs[found?.[2] ?? ''];
  return found === null || unit === undefined ? null : Math.round(nowMs - Number(found[1]) * unit);
}

/** `14:02` is the last time that the clock showed it, today or yesterday. */
function clockMs(text: string, nowMs: number): number | null {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim());
  if (found === null) return null;
  const [hours, minutes, seconds] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const at = new Date(nowMs);
  at.setHours(hours, minutes, seconds, 0);
  if (at.getTime() > nowMs) at.setDate(at.getDate() - 1);
  return at.getTime();
}

function isoMs(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return null;
  // A date alone would be read as UTC; people mean their own midnight.
  const atMs = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  return Number.isNaN(atMs) ? null : atMs;
}
