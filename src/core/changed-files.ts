/** What was changed under a lock. It is carried along for whoever gets the lock next; nothing is decided by it. */
import type { FilePath, ScopePath } from './ids.ts';

/** Files of a lock whose content was written, or that were removed, while it was held. */
export interface ChangedFiles {
  /** At most {@link changedFilesShownMax}, sorted, relative to the repository. */
  readonly files: readonly FilePath[];
  /** How many there are. */
  readonly count: number;
}

/** What was changed under the lock of a scope, or of a file. */
export interface ChangedUnder extends ChangedFiles {
  readonly scope?: ScopePath;
  readonly file?: FilePath;
}
