import type { GitCall } from './git.ts';
import type { TreeListing } from './ls-files.ts';
import type { Repository, RepositoryHints } from './repository.ts';
import type { ScanMemory } from './scan-memory.ts';
import type { ScanOptions, ScanResult } from './scan.ts';

export { ContextError, contextErrorCodes } from './errors.ts';
export { findRepository, stateDirectory, type Repository } from './repository.ts';
export { scopeFromInput } from './files.ts';
export { repositoryPath } from './repository-path.ts';
export { ScanMemory } from './scan-memory.ts';
export { isInside } from './inside.ts';
export { isInstalled } from './installed.ts';
export { folderOf } from './path-text.ts';
export { readRegularFile } from './regular-file.ts';
export type { TreeEntry } from './ls-files.ts';
export type { UnopenedFolder } from './unopened.ts';
export type { LastGood, ScanOptions, ScanResult } from './scan.ts';

/** See `git.ts`. Without Git's own variables, so that the folder alone decides which repository is meant. */
export async function runGit(call: Omit<GitCall, 'env'>): Promise<Buffer> {
  const git = await import('./git.ts');
  return git.runGit({ ...call, env: git.withoutGitVariables() });
}

/** See `ls-files.ts`. */
export async function listTree(root: string): Promise<TreeListing> {
  return (await import('./ls-files.ts')).listTree(root);
}

/** See `scan.ts`. Loaded, with the YAML library, on first use only: most commands never scan. */
export async function scanRepository(repository: Repository, options: ScanOptions): Promise<ScanResult> {
  return (await import('./scan.ts')).scanRepository(repository, options);
}

/** See `scan.ts`. */
export async function fingerprintOnly(
  repository: Repository,
  memory: ScanMemory | null = null,
): Promise<string> {
  return (await import('./scan.ts')).fingerprintOnly(repository, memory);
}

/** See `git-setup.ts`. */
export async function gitVersion(env: RepositoryHints['env']): Promise<string | null> {
  return (await import('./git-setup.ts')).gitVersion(env);
}

/** See `git-setup.ts`. */
export async function hooksFolder(repository: Repository, env: RepositoryHints['env']): Promise<string> {
  return (await import('./git-setup.ts')).hooksFolder(repository, env);
}
