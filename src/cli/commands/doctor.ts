import type { Call } from '../call.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Style } from '../format/style.ts';
import { count, line } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { whileTelling } from '../live-line.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { examine } from '../doctor/checks.ts';
import { gatherFacts } from '../doctor/facts.ts';
import type { Finding } from '../doctor/finding.ts';

/** Looks at everything that coordination here relies on. Each finding says what to do about it. */
export async function doctor(call: Call): Promise<Outcome> {
  const findings = examine(await whileTelling(call, 'looking at everything', () => gatherFacts(call)));
  const problems = findings.filter((finding) => finding.level === 'problem').length;
  const text = (style: Style): string => findings.map((finding) => findingText(style, finding)).join('\n');
  if (problems === 0) return done(null, { findings }, text);
  const message = `${count(problems, 'problem')} found`;
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

const marks = { ok: ['good', 'ok     '], warning: ['warn', 'warning'], problem: ['bad', 'problem'] } as const;

const indent = ' '.repeat(8);

function findingText(style: Style, { level, subject, message, remedy }: Finding): string {
  const [emphasis, word] = marks[level];
  const head = fitted(style, `${style.paint(emphasis, word)} ${line`${subject}: ${message}`}`, indent);
  return remedy === null ? head : `${head}\n${fitted(style, `${indent}${line`${remedy}`}`, '')}`;
}
