/**
 * What the hooks of Git ask. Each says nothing and ends with 0 where Git may go on. Where nobody can say whether it may (no coordinator,
 * no such agent), Git is stopped, and told how it gets past.
 */
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { isDisabled, report, reportError } from '../answer/output.ts';
import { line } from '../format/text.ts';
import { noteInstalled } from '../git-hooks/noted.ts';

export interface GitHookInput {
  readonly name: string;
  readonly args: readonly string[];
}

interface Hook {
  readonly ask: (call: Call, args: readonly string[]) => Promise<Outcome>;
  /** How Git gets past it; null: it has done already what this is about. */
  readonly past: string | null;
}

async function staged(call: Call, isMerge?: true): Promise<Outcome> {
  noteInstalled((await call.repository()).commonDir);
  const judged = await (
    await import('./guard-check.ts')
  ).guardCheck(call, {
    paths: [],
    staged: true,
    ...(isMerge === undefined ? {} : { isMerge }),
  });
  return judged.kind === 'refused' ? judged : (await import('./git-hook-contexts.ts')).judgeContexts(call);
}

/** Where HEAD was before, and is. */
const moved = (range: (args: readonly string[]) => string): Hook => ({
  ask: async (call, args) => (await import('./git-hook-after.ts')).afterMove(call, range(args)),
  past: null,
});
const sinceOriginal = (): string => 'ORIG_HEAD..HEAD';

const hooks: Readonly<Record<string, Hook>> = {
  'pre-commit': { ask: (call) => staged(call), past: 'git commit --no-verify' },
  // Git has no merge under way yet, and leaves one behind when it is stopped: by then it is a commit that ends it.
  'pre-merge-commit': { ask: (call) => staged(call, true), past: 'git commit --no-verify' },
  'pre-applypatch': { ask: (call) => staged(call), past: 'git -c core.hooksPath=/dev/null am --continue' },
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
  'post-commit': { ask: async (call) => (await import('./git-hook-after.ts')).afterCommit(call), past: null },
  'post-merge': moved(sinceOriginal),
  'post-rewrite': moved(sinceOriginal),
  'post-checkout': moved(([before = '', after = '']) => `${before}..${after}`),
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
    if (isDisabled(error)) return ended(0);
    if (hook.past === null) return passed(call, error);
    return stopped(call, hook, await reportError(call, error));
  }
}

function passed(call: Call, error: unknown): Outcome {
  const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  call.note(line`rhema: done, and nobody was told of it: ${problem}`);
  return ended(0);
}

function stopped(call: Call, { past }: Hook, exitCode: number): Outcome {
  if (past !== null) call.note(`  without this check: ${past}`);
  return ended(exitCode);
}
