/** Why nothing was written, though something was to be. */
import type { ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Refused } from '../answer/outcome.ts';
import { problemsText } from '../format/views.ts';

/** Nobody can be asked. `message`: how to have it done. */
export function unconfirmed(message: string, details: Refused['details']): Refused {
  return {
    kind: 'refused',
    exitCode: exitCodes.invalid,
    revision: null,
    code: 'CONFIRMATION_NEEDED',
    message,
    details,
  };
}

export interface ToRepair {
  readonly details: Refused['details'];
  readonly problems: readonly ScopeProblem[];
  /** What is told before the problems. */
  readonly told?: readonly string[];
}

/** Something is wrong that only a person can repair. */
export function toRepair(call: Call, message: string, { details, problems, told = [] }: ToRepair): Refused {
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'SCOPES_UNSOUND',
    message,
    details,
    lines: [message, ...told, ...problemsText(call.errorStyle, problems).split('\n')],
  };
}
