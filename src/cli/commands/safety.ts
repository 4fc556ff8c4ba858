import type { ScopeProblem } from '../../protocol/index.ts';
import type { Violation } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { problemsText, violationsText } from '../format/views.ts';
import { scopeFiles } from './scope-files.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome, Refused } from '../answer/outcome.ts';
import { count } from '../../wording/index.ts';

/** Checks the working tree as a refresh would, without a coordinator and without taking anything over. */
export async function validate(call: Call): Promise<Outcome> {
  const repository = await call.repository();
  const { definitions, problems } = await scopeFiles(call, repository);
  const data = { scopes: definitions.length, problems };
  if (problems.some((problem) => problem.severity === 'error')) return unsound(call, data);
  return done(null, data, (style) =>
    [`${count(data.scopes, 'scope')}, sound`, problemsText(style, problems)]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

function unsound(
  call: Call,
  data: { readonly scopes: number; readonly problems: readonly ScopeProblem[] },
): Refused {
  const errors = data.problems.filter((problem) => problem.severity === 'error');
  const following = errors.filter(({ code }) => code === 'BROKEN_DEPENDENCY').length;
  const rest =
    following === 0 ? '' : `, and ${count(following, 'dependency', 'dependencies')} on what is broken`;
  const message = `the working tree is unsound: ${count(errors.length - following, 'error')}${rest}`;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'UNSOUND',
    message,
    details: data,
    lines: [message, ...problemsText(call.errorStyle, data.problems).split('\n')],
  };
}

/** Checks every invariant on the current state. */
export async function check(call: Call): Promise<Outcome> {
  const { revision, checked, violations } = await (await call.coordinator()).query({ kind: 'violations' });
  if (violations.length === 0)
    return done(
      revision,
      { checked, violations },
      () => `${count(checked.length, 'invariant')} checked, all hold`,
    );
  const message = `${count(violations.length, 'violation')} found: this is a bug of rhema, please report it`;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision,
    code: 'VIOLATIONS_FOUND',
    message,
    details: { checked, violations },
    lines: [message, ...violationsText(call.errorStyle, violations).split('\n')],
  };
}

/** What does not hold: invariants of the state, and the scope files as they were last read. A list, not a verdict. */
export async function violations(call: Call): Promise<Outcome> {
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  const found: readonly Violation[] = answer.violations;
  const problems = answer.scopeProblems;
  return done(answer.revision, { violations: found, scopeProblems: problems }, (style) =>
    found.length + problems.length === 0
      ? 'none'
      : [violationsText(style, found), problemsText(style, problems)]
          .filter((part) => part !== '')
          .join('\n'),
  );
}
