import type { Call } from '../call.ts';
import { exitCodes } from '../exit-codes.ts';
import { count } from '../format/text.ts';
import { problemsText } from '../format/views.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/**
 * Has the coordinator read the scope files again. A refused graph leaves the last good one in force, and of a file that is
 * broken what it said last: neither is what the files say. `more` is added to the
 * answer.
 */
export async function refreshCoordinator(
  call: Call,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  const report = await (await call.coordinator()).refresh();
  const { revision, accepted, scopes, problems } = report;
  if (accepted && problems.every(({ severity }) => severity !== 'error'))
    return done(revision, { accepted, scopes, problems, ...more }, (style) =>
      [`${count(scopes, 'scope')} in force`, problemsText(style, problems)]
        .filter((part) => part !== '')
        .join('\n'),
    );
  const message = accepted
    ? `the scope files are unsound: ${count(scopes, 'scope')} in force, without what is broken`
    : 'the scope files are unsound: the last good graph stays in force';
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision,
    code: 'SCOPES_REFUSED',
    message,
    details: { accepted, scopes, problems, ...more },
    lines: [message, problemsText(call.errorStyle, problems)],
  };
}
