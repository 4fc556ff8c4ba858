import type { ContextProblem } from '../../context/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { count } from '../../wording/index.ts';
import type { Style } from './style.ts';
import { problemsText } from './views.ts';

/** As those of scope files are told. */
export function contextProblemsText(style: Style, problems: readonly ContextProblem[]): string {
  return problemsText(style, problems.map(asScopeProblem));
}

export const asScopeProblem = ({ rule, ...problem }: ContextProblem): ScopeProblem => ({
  ...problem,
  code: rule,
});

/** `2 errors, 1 warning`; empty where there are none. */
export function problemCounts(problems: readonly ContextProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  return [errors === 0 ? '' : count(errors, 'error'), warnings === 0 ? '' : count(warnings, 'warning')]
    .filter((part) => part !== '')
    .join(', ');
}
