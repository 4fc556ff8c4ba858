import { newProblems, type ContextKind } from '../../context/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';

interface CheckedFile {
  readonly path: ScopePath;
  readonly kind: ContextKind | null;
}

/**
 * Refuses a text that brings an error which was not there before: what is broken already hinders nobody from changing
 * something else. New warnings are told beside the answer.
 *
 * @throws CommandError CONTEXT_INVALID with the problems.
 */
export function refuseNewErrors(
  call: Call,
  { path, kind }: CheckedFile,
  before: string | null,
  after: string,
): void {
  if (kind === null) return;
  const problems = newProblems({ path, kind, text: before }, after);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first, ...more] = errors;
  if (first === undefined) {
    for (const { message } of problems) call.note(line`rhema: warning: ${message}`);
    return;
  }
  const also = more.length === 0 ? '' : ` (and ${more.length} more: --json tells all)`;
  throw new CommandError(
    'CONTEXT_INVALID',
    exitCodes.refused,
    line`nothing was written: ${path} would not be sound: ${first.message}${also}`,
    { file: path, problems: errors },
  );
}
