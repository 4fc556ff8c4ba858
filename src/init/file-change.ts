/** One file to be made, changed or removed. */
export interface FileChange {
  /** Repository-relative, as it is on disk. */
  readonly file: string;
  /** Null: there is no such file. */
  readonly before: string | null;
  /** Null: it is to be removed. */
  readonly after: string | null;
}
