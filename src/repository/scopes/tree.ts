import type { PathPattern, ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';

/** The definition files of one working tree or one commit, at one moment. */
export interface Tree {
  /** Top folder; null for a commit. */
  readonly root: string | null;
  /** Repository-relative, sorted. */
  readonly paths: readonly string[];
  readonly problems: readonly ScopeProblem[];
  /**
   * Repository-relative files and folders that nobody could look at; `.`: all. That no scope was found there is no proof
   * that there is none.
   */
  readonly outOfSight: readonly string[];
  /** Those of `paths` that a sparse checkout leaves out, with what Git's index has. */
  readonly notCheckedOut: ReadonlyMap<string, FileContent>;
  /** Changes whenever a definition file is added, removed or changed. */
  readonly fingerprint: string;
  /** Changes whenever the root scope's file does. */
  readonly rootSignature: string;
  read(path: string): Promise<FileContent>;
  /** Changes whenever `read` may give something else; null: nobody can tell. */
  signature(path: string): FileSignature | null;
  /** Where a folder really is when a symlink is on its path; null: nowhere, or outside. */
  followSymlinks(path: ScopePath): ScopePath | null;
  /** The folders that some of the patterns fit, and in which Git knows a file, or would; sorted. */
  foldersFitting(patterns: readonly PathPattern[]): Promise<readonly ScopePath[]>;
  /** What is there under the path of a folder, in the order of the paths. */
  lookAtFolders(paths: readonly ScopePath[]): Promise<readonly FolderLook[]>;
}

/**
 * What somebody finds who looks for a folder. `absent`: it is not on disk, since a sparse checkout leaves it out. `spelled`: it
 * has another name there, as `at` says: in upper and lower case, or since a symlink leads to it.
 */
export type FolderLook =
  | { readonly kind: 'folder' | 'absent' | 'missing' | 'file' | 'outside' }
  | { readonly kind: 'spelled' | 'linked'; readonly at: string };

export interface FileSignature {
  readonly text: string;
  /** When the file was changed last. */
  readonly changedMs: number;
}

export type FileContent =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** Null: the file has gone since it was listed. */
  | { readonly ok: false; readonly problem: ScopeProblem | null };
