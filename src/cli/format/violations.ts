import type { OpenViolation, TimeMs, ViolationEnd } from '../../core/index.ts';
import { duration, violationEndWords } from '../../wording/index.ts';
import type { Style } from './style.ts';
import { line } from './text.ts';
import { clockTime } from './time.ts';
import { fitted } from './width.ts';

/** A violation that is over. `evidence` and the like are left out where the log does not go back so far. */
export interface PastViolation extends Omit<OpenViolation, 'evidence' | 'remedy' | 'sinceMs' | 'revision'> {
  readonly evidence?: string;
  readonly remedy?: string;
  readonly sinceMs: TimeMs | null;
  readonly endedAtMs: TimeMs;
  readonly end: ViolationEnd;
  readonly cause: string | null;
}

export function openViolationText(style: Style, violation: OpenViolation, nowMs: number): string {
  const { sinceMs, evidence, remedy } = violation;
  const since = `since ${clockTime(sinceMs, nowMs)} (${duration(nowMs - sinceMs)})`;
  return textOf(style, violation, since, [evidence, `remedy: ${remedy}`]);
}

export function pastViolationText(style: Style, violation: PastViolation, nowMs: number): string {
  const { sinceMs, endedAtMs, end, cause, evidence } = violation;
  const from = sinceMs === null ? '' : `from ${clockTime(sinceMs, nowMs)} `;
  const how = `${violationEndWords[end]}${cause === null ? '' : `: ${cause}`}`;
  const lines = [...(evidence === undefined ? [] : [evidence]), how];
  return textOf(style, violation, `${from}to ${clockTime(endedAtMs, nowMs)}`, lines);
}

function textOf(
  style: Style,
  { type, rule, subject, holder }: Pick<OpenViolation, 'type' | 'rule' | 'subject' | 'holder'>,
  when: string,
  lines: readonly string[],
): string {
  const held = holder === null ? 'held by nobody then' : line`held by ${holder} then`;
  const head = `${style.paint('bad', line`${rule}`)} ${line`(${type}) on ${subject}`} ${when}, ${held}`;
  return [head, ...lines.map((text) => line`  ${text}`)].map((text) => fitted(style, text)).join('\n');
}
