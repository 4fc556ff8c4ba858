import type { ScopeProblem } from '../../protocol/index.ts';
import type { IndexEntry } from '../git/ls-files.ts';

export interface Listed {
  readonly path: string;
  /** Git does not expect the file on disk. */
  readonly notCheckedOut: IndexEntry | null;
}

/** What Git lists, before anybody has looked at the files. */
export interface ListedPaths {
  readonly paths: readonly Listed[];
  readonly problems: readonly ScopeProblem[];
  readonly outOfSight: readonly string[];
}
