import { readRegularFile } from '../../repository/index.ts';

/** One file to be made, changed or removed. */
export interface FileChange {
  /** Repository-relative, as it is on disk. */
  readonly file: string;
  /** Null: there is no such file. */
  readonly before: string | null;
  /** Null: it is to be removed. */
  readonly after: string | null;
}

/** What stands in a file's place: null when there is no file, or none that can be read as one. */
export function textAt(location: string): string | null {
  const read = readRegularFile(location);
  return read.ok ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes) : null;
}
