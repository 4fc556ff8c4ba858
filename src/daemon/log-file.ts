import { statSync } from 'node:fs';
import { withAccess } from '../client/index.ts';
import { moveContent } from '../files/index.ts';

/** Size beyond which the log file begins anew, in bytes. */
const logBytesMax = 4 * 1024 * 1024;

/**
 * Moves what a log file that has grown large holds to `.1`, in place of an earlier one. Copied and emptied rather than
 * renamed: the process that started us opened it for our standard error, which must not go on into the old one.
 */
export function capLogFile(path: string, bytesMax = logBytesMax): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > bytesMax) withAccess(path, () => moveContent(path, `${path}.1`));
}
