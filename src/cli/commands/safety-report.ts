/** What `rhema safety` has found, in the form that was asked for. */
import type { Revision } from '../../core/index.ts';
import type { Finding } from '../../safety/index.ts';
import type { AnswerCode } from '../answer/answer-codes.ts';
import { usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, ended, type Outcome, type Refused } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { annotationsOf, findingsText, sarifOf } from '../format/findings.ts';
import { jsonLine } from '../format/text.ts';

export const reportFormats = ['text', 'json', 'sarif', 'github'] as const;
type ReportFormat = (typeof reportFormats)[number];

export interface ReportInput {
  readonly format?: string;
}

/** What was looked at, and what came of it. */
export interface Report {
  readonly revision: Revision | null;
  readonly findings: readonly Finding[];
  /** Beside the findings, for programs. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly code: AnswerCode;
  /** What there is to say of errors, of which there is at least one. */
  readonly unsound: (errors: readonly Finding[]) => string;
  /** Where there are none. */
  readonly sound: string;
}

/** @throws CommandError for a word that is no form. */
export function formatOf(call: Call, { format }: ReportInput): ReportFormat {
  if (format === undefined) return call.json ? 'json' : 'text';
  const found = reportFormats.find((one) => one === format);
  if (found === undefined) throw usageError(`--format takes one of ${reportFormats.join(', ')}`);
  if (call.json && found !== 'json')
    throw usageError(`--json and --format ${found} ask for two forms: leave one out`);
  return found;
}

/** Warnings are told and let pass. */
export function reported(call: Call, format: ReportFormat, report: Report): Outcome {
  const { revision, findings, code, sound } = report;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const data = { ...report.data, findings };
  const exitCode = errors.length === 0 ? exitCodes.done : exitCodes.refused;
  if (format === 'sarif') {
    call.ports.stdout.write(`${jsonLine(sarifOf(findings, call.ports.version()))}\n`);
    return ended(exitCode);
  }
  if (format === 'github') {
    for (const annotation of annotationsOf(findings)) call.print(annotation);
    return ended(exitCode);
  }
  const message = errors.length === 0 ? sound : report.unsound(errors);
  if (format === 'json' && !call.json) {
    const answer =
      errors.length === 0
        ? { ok: true, revision, ...data }
        : { ok: false, revision, code, message, details: data };
    call.printAnswer(answer);
    return ended(exitCode);
  }
  if (errors.length === 0)
    return done(revision, data, (style) =>
      [sound, findingsText(style, findings)].filter((part) => part !== '').join('\n'),
    );
  return refusedFor(call, { revision, code, message, data }, findings);
}

function refusedFor(
  call: Call,
  {
    revision,
    code,
    message,
    data,
  }: Pick<Report, 'revision' | 'code' | 'data'> & { readonly message: string },
  findings: readonly Finding[],
): Refused {
  const lines = [message, ...findingsText(call.errorStyle, findings).split('\n')];
  return { kind: 'refused', exitCode: exitCodes.refused, revision, code, message, details: data, lines };
}
