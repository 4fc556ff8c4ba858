import type { ContextProblem } from '../../context/index.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Refused } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { contextProblemsText } from '../format/context.ts';

interface Unsound {
  readonly details: Refused['details'];
  readonly problems: readonly ContextProblem[];
}

/** That context files were found to break the rules of such files; people read all that is wrong. */
export function contextUnsound(call: Call, message: string, { details, problems }: Unsound): Refused {
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'CONTEXT_UNSOUND',
    message,
    details,
    lines: [message, ...contextProblemsText(call.errorStyle, problems).split('\n')],
  };
}
