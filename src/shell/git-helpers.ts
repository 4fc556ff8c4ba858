/** Programs that have Git do something to a whole working tree. */
import { argumentsOf } from './arguments.ts';
import { applyGit } from './git.ts';
import type { GitCalled } from './git-call.ts';
import { textField, textOf } from './fields.ts';
import type { Findings } from './findings.ts';

const ghForms = { valued: new Set(['-b', '--branch', '-R', '--repo']) };

/** False: it is another program, or does nothing of this kind. */
export function applyGitHelper(name: string, called: GitCalled, findings: Findings): boolean {
  if (name === 'hub' || name === 'gh') {
    const { options, operands } = argumentsOf(called.args, ghForms);
    const [first, second] = operands.map(textOf);
    if ((first === 'pr' && second === 'checkout') || (name === 'gh' && first === 'co')) {
      // Of a branch that is there `--force` makes what was requested, whatever it had.
      const does =
        options.has('--force') || options.has('-f') ? ['reset', '--hard'] : ['checkout', '--detach'];
      if (!options.has('--help')) applyGit({ ...called, args: does.map(textField) }, findings);
      return true;
    }
  }
  // It is Git, with more words.
  if (name === 'hub') applyGit(called, findings);
  return name === 'hub';
}
