import { basename, dirname } from 'node:path';
import { RepositoryError } from '../errors.ts';
import { realDirectory } from './git-folder.ts';
import { runGit, shortCallMaxMs, withoutGitVariables } from './git.ts';
import type { Repository, RepositoryHints } from './folders.ts';

/** The same as `findRepository`, by asking Git: slower, and right for every configuration. */
export async function askGit({ cwd, env }: RepositoryHints): Promise<Repository> {
  const ask = async (...args: string[]): Promise<string> =>
    (
      await runGit({
        cwd,
        env,
        args: ['rev-parse', '--path-format=absolute', ...args],
        timeoutMs: shortCallMaxMs,
      })
    )
      .toString('utf8')
      .replace(/\n$/, '');
  const gitDir = await ask('--git-dir');
  const commonDir = await ask('--git-common-dir');
  const worktree = await ask('--show-toplevel').catch(nullWhenRefused);
  // Asked from within the shared folder, Git must not be led elsewhere by the caller's variables.
  const bare = (
    await runGit({
      cwd: commonDir,
      env: withoutGitVariables(env),
      args: ['rev-parse', '--is-bare-repository'],
      timeoutMs: shortCallMaxMs,
    })
  )
    .toString('utf8')
    .startsWith('true');
  const mainWorktree = gitDir === commonDir ? worktree : mainOf(commonDir, bare);
  return { worktree, gitDir, commonDir, mainWorktree, bare };
}

/**
 * Passes where Git works in a folder, and with the Git folder that we have found.
 *
 * @throws RepositoryError GIT_FAILED with Git's own words where it does not.
 */
export async function refuseUnlessAccepted(
  cwd: string,
  gitDir: string,
  env: RepositoryHints['env'],
): Promise<void> {
  const args = ['rev-parse', '--absolute-git-dir'];
  const settings = ['safe.bareRepository=all'];
  const answer = await runGit({
    cwd,
    env: withoutGitVariables(env),
    args,
    settings,
    timeoutMs: shortCallMaxMs,
  });
  const said = answer.toString('utf8').replace(/\n$/, '');
  if (realDirectory(said) === gitDir) return;
  throw new RepositoryError(
    'GIT_FAILED',
    `in ${cwd}, which is another user's, Git works with ${said}, not ${gitDir}`,
  );
}

/** `--show-toplevel` refuses where there is no working tree. */
function nullWhenRefused(error: unknown): null {
  if (error instanceof RepositoryError && error.code === 'GIT_FAILED') return null;
  throw error;
}

function mainOf(commonDir: string, bare: boolean): string | null {
  return !bare && basename(commonDir) === '.git' ? dirname(commonDir) : null;
}
