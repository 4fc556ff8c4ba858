import type { Violation } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { problemsText, violationsText } from '../format/views.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';

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
