import type { Call } from '../call.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Style } from '../format/style.ts';
import { count, line } from '../format/text.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { checks } from './doctor-checks.ts';
import type { Finding } from './doctor-checks.ts';

/** Looks at everything that coordination here relies on. Each finding says what to do about it. */
export async function doctor(call: Call): Promise<Outcome> {
  const findings: Finding[] = [];
  for (const [subject, check] of checks) findings.push(...(await carriedOut(call, subject, check)));
  const errors = findings.filter((finding) => finding.level === 'error').length;
  const text = (style: Style): string => findings.map((finding) => findingText(style, finding)).join('\n');
  if (errors === 0) return done(null, { findings }, text);
  const message = `${count(errors, 'error')} found`;
  return {
    kind: 'refused',
    exitCode: exitCodes.failure,
    revision: null,
    code: 'UNHEALTHY',
    message,
    details: { findings },
    lines: [message, ...text(call.errorStyle).split('\n')],
  };
}

/** What a check throws is a finding, too: one broken part must not hide the others. */
async function carriedOut(
  call: Call,
  subject: string,
  check: (call: Call) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check(call);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ level: 'error', subject, message, remedy: 'see above; rhema daemon logs may tell more' }];
  }
}

const marks = { ok: ['good', 'ok     '], warning: ['warn', 'warning'], error: ['bad', 'error  '] } as const;

function findingText(style: Style, { level, subject, message, remedy }: Finding): string {
  const [emphasis, word] = marks[level];
  const head = `${style.paint(emphasis, word)} ${line`${subject}: ${message}`}`;
  return remedy === null ? head : `${head}\n        ${line`${remedy}`}`;
}
