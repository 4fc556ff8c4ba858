import type { Rejection } from '../core/index.ts';
import type { Coordinator, ScopeProblem, ScopesAnswer } from '../protocol/index.ts';
import type { ToolAnswer } from './answer.ts';
import { refusalAnswer, type Advice } from './refusals.ts';
import { bounded } from './text.ts';
import { problemText } from './views.ts';

/** Problems that an answer about something else tells. */
const problemsMax = 3;

const nothingToLock = 'no scopes are defined here: there is nothing to lock';
const workWithout = 'work without locks; a person may run `rhema init`.';

/** What an agent should know of the scopes before it asks for one: that there are none, or that files are broken. */
export async function scopeHints(coordinator: Coordinator): Promise<readonly string[]> {
  const { scopeCount, scopeProblems } = await coordinator.query({ kind: 'status', at: null });
  const errors = scopeProblems.filter(({ severity }) => severity === 'error').map(problemText);
  return [
    ...(scopeCount === 0 ? [`Note: ${nothingToLock}; ${workWithout}`] : []),
    ...(errors.length === 0
      ? []
      : [
          'Note: some scope or configuration files cannot be used until a person mends them:',
          ...bounded(errors, problemsMax, 'coordination_status').map((line) => `- ${line}`),
        ]),
  ];
}

/** A refusal; where a scope is missing, with what is known about why it is. */
export async function refusalAboutScopes(
  coordinator: Coordinator,
  rejection: Rejection,
  nowMs: number,
): Promise<ToolAnswer> {
  if (rejection.code !== 'SCOPE_NOT_FOUND') return refusalAnswer(rejection, nowMs);
  const scopes = await coordinator.query({ kind: 'scopes' }).catch(() => null);
  return refusalAnswer(rejection, nowMs, scopes === null ? null : adviceOn(rejection, scopes));
}

function adviceOn({ message, details }: Rejection, { scopes, problems }: ScopesAnswer): Advice | null {
  const scope = details['scope'];
  const told = problems.filter((problem) => scope !== undefined && folderOf(problem) === scope);
  if (told.length > 0)
    return {
      story: [message, ...bounded(told.map(problemText), problemsMax, 'coordination_status')].join('\n'),
      next: 'tell your user that this file has to be mended; until then the scope cannot be locked.',
    };
  return scopes.length === 0 ? { story: nothingToLock, next: workWithout } : null;
}

/** The folder of the scope that a file defines; null when the problem is not that of one file. */
function folderOf({ file }: ScopeProblem): string | null {
  if (file === null) return null;
  return `./${file}`.replace(/(?:\/\.rhema)?\/[^/]*$/, '').replace(/^\.\/(?=.)/, '');
}
