import type { IndexedTexts, WhichFiles } from './git/changed-files.ts';
import type { ChangedFile, ChangedWish } from './git/changed-since.ts';
import type { CheckedOut } from './git/checked-out.ts';
import type { Trailer } from './git/commit-message.ts';
import type { CommitMade, CommitsWish } from './git/commits-in.ts';
import type { GitCall } from './git/git.ts';
import type { History } from './git/history.ts';
import type { TrackedContent } from './git/tracked-content.ts';
import type { TrialMerges, TrialWish } from './git/trial-merges.ts';
import type { TreeListing } from './git/ls-files.ts';
import type { Repository, RepositoryHints } from './git/folders.ts';
import type { ScanMemory } from './scopes/scan-memory.ts';
import type { ScanOptions, ScanResult } from './scopes/scan.ts';

export { RepositoryError, repositoryErrorCodes } from './errors.ts';
export { findRepository, stateDirectory } from './git/repository.ts';
export type { Repository } from './git/folders.ts';
export { emptyFileText } from './empty-file.ts';
export { syncedTree } from './scopes/source.ts';
export { scopeFromInput } from './scopes/files.ts';
export { pathTypedIn, placeOf, repositoryPath, type PathPlace } from './git/repository-path.ts';
export { ScanMemory } from './scopes/scan-memory.ts';
export { liesAt } from './git/lies-at.ts';
export { isInside } from './git/inside.ts';
export { isInstalled } from './installed.ts';
export { isTooLong } from './too-long.ts';
export { folderOf } from './path-text.ts';
export { readRegularFile } from './git/regular-file.ts';
export { indexEvidence } from './git/worktree-evidence.ts';
export { putBack } from './git/put-back.ts';
export { unresolvedMerge } from './merge-conflict.ts';
export type { History } from './git/history.ts';
export type { TreeEntry } from './git/ls-files.ts';
export type { UnopenedFolder } from './git/unopened.ts';
export { definitionFiles, isDefinitionName } from './scopes/candidates.ts';
export type { Place } from './scopes/candidates.ts';
export { Discovery } from './scopes/discovery.ts';
export type { SyncCommand } from './scopes/read-sync.ts';
export { gitMark, lastOperation, type GitMark } from './git/git-mark.ts';
export type { TrackedContent };
export type { LastGood, ScanOptions, ScanResult } from './scopes/scan.ts';

/** See `git.ts`. Without Git's own variables, so that the folder alone decides which repository is meant. */
export async function runGit(call: Omit<GitCall, 'env'>): Promise<Buffer> {
  const git = await import('./git/git.ts');
  return git.runGit({ ...call, env: git.withoutGitVariables() });
}

/** See `history.ts`. */
export async function readHistory(root: string, max: number): Promise<History | null> {
  return (await import('./git/history.ts')).readHistory(root, max);
}

/** See `ls-files.ts`. */
export async function listTree(root: string): Promise<TreeListing> {
  return (await import('./git/ls-files.ts')).listTree(root);
}

/** See `changed-files.ts`. */
export async function changedFiles(root: string, which?: WhichFiles): Promise<readonly string[]> {
  return (await import('./git/changed-files.ts')).changedFiles(root, which);
}

/** See `changed-files.ts`. */
export async function changedAmong(
  root: string,
  cwd: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  return (await import('./git/changed-files.ts')).changedAmong(root, cwd, paths);
}

/** See `changed-files.ts`. */
export async function stagedFiles(root: string, indexFile: string | null): Promise<readonly string[]> {
  return (await import('./git/changed-files.ts')).stagedFiles(root, indexFile);
}

/** See `stashed-files.ts`. */
export async function stashedFiles(root: string, entry: string | null): Promise<readonly string[]> {
  return (await import('./git/stashed-files.ts')).stashedFiles(root, entry);
}

/** See `changed-files.ts`. */
export async function indexedTexts(
  root: string,
  indexFile: string | null,
  path: string,
): Promise<IndexedTexts> {
  return (await import('./git/changed-files.ts')).indexedTexts(root, indexFile, path);
}

/** See `changed-files.ts`. */
export async function committedBy(
  root: string,
  cwd: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  return (await import('./git/changed-files.ts')).committedBy(root, cwd, paths);
}

/** See `changed-files.ts`. */
export async function ignoredAmong(root: string, files: readonly string[]): Promise<ReadonlySet<string>> {
  return (await import('./git/changed-files.ts')).ignoredAmong(root, files);
}

export type { ChangedFile, IndexedTexts, WhichFiles };

/** See `kept-refs.ts`. */
export async function keptRefs(commonDir: string): Promise<readonly string[]> {
  return (await import('./git/kept-refs.ts')).keptRefs(commonDir);
}

/** See `kept-refs.ts`. */
export async function dropKeptRefs(commonDir: string): Promise<void> {
  await (await import('./git/kept-refs.ts')).dropKeptRefs(commonDir);
}

/** See `changed-since.ts`. */
export async function changedSince(wish: ChangedWish): Promise<readonly ChangedFile[] | null> {
  return (await import('./git/changed-since.ts')).changedSince(wish);
}

/** See `files-between.ts`. */
export async function filesBetween(root: string, range: string): Promise<readonly string[] | null> {
  return (await import('./git/files-between.ts')).filesBetween(root, range);
}

/** See `tracked-content.ts`. */
export async function trackedContent(root: string): Promise<TrackedContent> {
  return (await import('./git/tracked-content.ts')).trackedContent(root);
}

/** See `scan.ts`. Loaded, with the YAML library, on first use only: most commands never scan. */
export async function scanRepository(repository: Repository, options: ScanOptions): Promise<ScanResult> {
  return (await import('./scopes/scan.ts')).scanRepository(repository, options);
}

/** See `scan.ts`. */
export async function fingerprintOnly(
  repository: Repository,
  memory: ScanMemory | null = null,
): Promise<string> {
  return (await import('./scopes/scan.ts')).fingerprintOnly(repository, memory);
}

export type { CheckedOut, CommitMade, CommitsWish, Trailer };

/** See `checked-out.ts`. */
export async function checkedOut(root: string): Promise<readonly CheckedOut[]> {
  return (await import('./git/checked-out.ts')).checkedOut(root);
}

/** See `commit-message.ts`. */
export async function addTrailers(root: string, file: string, trailers: readonly Trailer[]): Promise<void> {
  await (await import('./git/commit-message.ts')).addTrailers(root, file, trailers);
}

/** See `commits-in.ts`. */
export async function commitsIn(root: string, wish: CommitsWish): Promise<readonly CommitMade[] | null> {
  return (await import('./git/commits-in.ts')).commitsIn(root, wish);
}

/** See `commits-in.ts`. */
export async function filesOf(
  root: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  return (await import('./git/commits-in.ts')).filesOf(root, ids);
}

/** See `git-setup.ts`. */
export async function gitVersion(env: RepositoryHints['env']): Promise<string | null> {
  return (await import('./git/git-setup.ts')).gitVersion(env);
}

/** See `git-setup.ts`. */
export async function hooksFolder(repository: Repository, env: RepositoryHints['env']): Promise<string> {
  return (await import('./git/git-setup.ts')).hooksFolder(repository, env);
}

/** See `trial-merges.ts`. */
export async function openTrialMerges(repository: Repository, wish: TrialWish): Promise<TrialMerges> {
  return (await import('./git/trial-merges.ts')).openTrialMerges(repository, wish);
}

export type { TrialMerges };
