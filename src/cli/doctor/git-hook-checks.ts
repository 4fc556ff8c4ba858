/** Whether Git still asks, once it was told to. Its hooks fail closed: one that is there and cannot ask stops the commit. */
import { line, shellCommand } from '../format/text.ts';
import { asks, type HookFile } from '../git-hooks/hook-files.ts';
import type { RepositoryFacts } from './facts.ts';
import type { GitHooksLook } from './git-hook-look.ts';
import { findingsFrom, ok, problem, readRemedy, warning, type Finding } from './finding.ts';

const subject = 'hooks of Git';
const remedy = 'have them written anew: rhema hooks install git';

/** Nothing where none is installed. */
export function checkGitHooks({ gitHooks }: Pick<RepositoryFacts, 'gitHooks'>): readonly Finding[] {
  return findingsFrom(subject, gitHooks, readRemedy, findingsOn);
}

function findingsOn({ here, scriptProblem: wrong }: GitHooksLook): readonly Finding[] {
  const { script, scriptNow, foreignFolder, hooks, unused, note } = here;
  const asking = hooks.filter(asks);
  if (scriptNow === null && ![...asking, ...unused].some(asks)) return note === undefined ? [] : [allGone];
  if (foreignFolder !== null)
    return [
      problem(
        subject,
        line`nothing: Git looks for hooks in ${foreignFolder} (core.hooksPath), which is not of this repository, so no commit is asked about`,
        'git config --unset core.hooksPath, or have the hooks there call what rhema hooks install git names',
      ),
    ];
  if (scriptNow === null)
    return [problem(subject, line`${script} is gone, which they call: nothing can be committed`, remedy)];
  const found = [...missing(hooks), ...notRun(asking), ...changed(asking, wrong)];
  return found.length > 0 ? found : [ok(subject, enforced)];
}

const allGone = problem(
  subject,
  'nothing: they were installed, and all of them are gone: no commit is asked about',
  `${remedy}; if that is meant: rhema hooks uninstall git`,
);

const enforced =
  'enforced: Git asks at each commit and each push; fails closed: where rhema cannot be started, nothing is committed';

function missing(hooks: readonly HookFile[]): readonly Finding[] {
  const silent = hooks.filter((hook) => !asks(hook));
  const gone = silent.filter(({ obstacle }) => obstacle === null).map(({ name }) => name);
  // Somebody else may have it run by a file of his own.
  const others = silent.filter(({ obstacle }) => obstacle !== null);
  return [
    ...(gone.length === 0 ? [] : [problem(subject, line`Git asks nothing at ${gone.join(', ')}`, remedy)]),
    ...others.map(({ path, obstacle }) =>
      warning(
        subject,
        line`${path} ${obstacle ?? ''}`,
        'what it should run says: rhema hooks install git --dry-run',
      ),
    ),
  ];
}

const notRun = (asking: readonly HookFile[]): readonly Finding[] =>
  asking
    .filter(({ isRun }) => !isRun)
    .map(({ path }) =>
      problem(
        subject,
        line`Git does not run ${path}: it may not be executed`,
        shellCommand('chmod', '+x', path),
      ),
    );

function changed(asking: readonly HookFile[], wrong: string | null): readonly Finding[] {
  const names = asking.filter(({ look }) => look === 'changed').map(({ name }) => name);
  return [
    ...(names.length === 0 ? [] : [warning(subject, line`somebody has changed ${names.join(', ')}`, remedy)]),
    ...(wrong === null ? [] : [warning(subject, line`what they call: ${wrong}`, remedy)]),
  ];
}
