/**
 * What the hooks of Git ask. Each says nothing and ends with 0 where Git may go on. Where nobody can say whether it may (no coordinator,
 * no such agent), Git is stopped, and told how it gets past.
 */
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { isDisabled, report, reportError } from '../answer/output.ts';

export interface GitHookInput {
  readonly name: string;
  readonly args: readonly string[];
}

interface Hook {
  readonly ask: (call: Call, args: readonly string[]) => Promise<Outcome>;
  /** How Git gets past it. */
  readonly past: string;
}

const staged = async (call: Call): Promise<Outcome> =>
  (await import('./guard-check.ts')).guardCheck(call, { paths: [], staged: true });

const hooks: Readonly<Record<string, Hook>> = {
  'pre-commit': { ask: staged, past: 'git commit --no-verify' },
  'pre-merge-commit': { ask: staged, past: 'git merge --no-verify' },
  'pre-applypatch': { ask: staged, past: 'git -c core.hooksPath=/dev/null am --continue' },
  'commit-msg': {
    ask: async (call, args) => (await import('./git-hook-message.ts')).nameAgent(call, args),
    past: 'git commit --no-verify',
  },
  'pre-push': {
    ask: async (call) => (await import('./git-hook-push.ts')).judgePush(call),
    past: 'git push --no-verify',
  },
  'reference-transaction': {
    ask: async (call) => (await import('./git-hook-branches.ts')).judgeBranches(call),
    past: 'git -c core.hooksPath=/dev/null, before the rest of the command',
  },
};

export async function gitHook(call: Call, { name, args }: GitHookInput): Promise<Outcome> {
  const hook = hooks[name];
  if (hook === undefined)
    throw usageError(`git-hook ${JSON.stringify(name)}: there is ${Object.keys(hooks).join(', ')}`);
  try {
    const outcome = await hook.ask(call, args);
    if (outcome.kind !== 'refused') return ended(outcome.kind === 'ended' ? outcome.exitCode : 0);
    const exitCode = await report(call, outcome);
    return stopped(call, hook, exitCode);
  } catch (error) {
    return isDisabled(error) ? ended(0) : stopped(call, hook, await reportError(call, error));
  }
}

function stopped(call: Call, { past }: Hook, exitCode: number): Outcome {
  call.note(`  without this check: ${past}`);
  return ended(exitCode);
}
