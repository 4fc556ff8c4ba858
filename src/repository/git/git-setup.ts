import { join, resolve } from 'node:path';
import { RepositoryError } from '../errors.ts';
import { runGit, shortCallMaxMs, withoutGitVariables } from './git.ts';
import type { Repository, RepositoryHints } from './folders.ts';

type Environment = RepositoryHints['env'];

/**
 * What `git --version` says, such as `git version 2.43.0`; null where there is no Git.
 *
 * @throws RepositoryError GIT_FAILED when it cannot be run, GIT_SILENT when it does not answer in time.
 */
export async function gitVersion(env: Environment, timeoutMs = shortCallMaxMs): Promise<string | null> {
  try {
    const said = (await runGit({ cwd: '/', env, args: ['--version'], timeoutMs })).toString('utf8');
    return said.split('\n', 1)[0]?.trim() ?? '';
  } catch (error) {
    if (error instanceof RepositoryError && error.code === 'GIT_MISSING') return null;
    throw error;
  }
}

/** Where Git looks for hooks: its configuration may name another folder than its own. */
export async function hooksFolder(repository: Repository, environment: Environment): Promise<string> {
  const { worktree, gitDir, commonDir } = repository;
  const folder = worktree ?? commonDir;
  try {
    const env = { ...withoutGitVariables(environment), GIT_DIR: gitDir };
    const args = ['rev-parse', '--git-path', 'hooks'];
    const said = await runGit({ cwd: folder, env, args, asksForHooks: true, timeoutMs: shortCallMaxMs });
    return resolve(folder, said.toString('utf8').replace(/\n$/, ''));
  } catch {
    return join(commonDir, 'hooks');
  }
}
