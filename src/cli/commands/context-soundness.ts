import { examineContext, type ContextKind, type ContextProblem } from '../../context/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line } from '../format/text.ts';

interface CheckedFile {
  readonly path: ScopePath;
  readonly kind: ContextKind | null;
}

/**
 * Refuses a text that brings an error which was not there before: what is broken already hinders nobody from changing
 * something else.
 *
 * @throws CommandError CONTEXT_INVALID with the problems.
 */
export function refuseNewErrors({ path, kind }: CheckedFile, before: string | null, after: string): void {
  if (kind === null) return;
  const known = new Set(before === null ? [] : errorsIn(path, kind, before).map(markOf));
  const problems = errorsIn(path, kind, after).filter((problem) => !known.has(markOf(problem)));
  const [first, ...more] = problems;
  if (first === undefined) return;
  const also = more.length === 0 ? '' : ` (and ${more.length} more: --json tells all)`;
  const entry = first.entry === null ? '' : line`${first.entry}: `;
  throw new CommandError(
    'CONTEXT_INVALID',
    exitCodes.refused,
    line`nothing was written: ${path} would not be sound: ${entry}${first.message}${also}`,
    { file: path, problems },
  );
}

function errorsIn(path: ScopePath, kind: ContextKind, text: string): readonly ContextProblem[] {
  const { problems } = examineContext(path, kind, Buffer.from(text));
  return problems.filter(({ severity }) => severity === 'error');
}

/** Lines move with every change. */
const markOf = ({ rule, entry, message }: ContextProblem): string => JSON.stringify([rule, entry, message]);
