import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import type { Repository } from './folders.ts';
import { readRegularFileAsync } from './regular-file.ts';
import { workingFiles } from './working-files.ts';

/**
 * Puts a text in the place of a file that still is what was seen there (`seen`: SHA-256 in hex; null: nothing). What lies there
 * is kept first, see `kept-versions.ts`. False: it is not what was seen any more, and nothing was written.
 */
export async function putBack(
  repository: Pick<Repository, 'gitDir' | 'commonDir'> & { readonly worktree: string },
  path: ScopePath,
  seen: string | null,
  text: string,
): Promise<boolean> {
  const files = workingFiles(repository);
  const bytesNow = async (): Promise<Buffer | null> => {
    const read = await readRegularFileAsync(join(repository.worktree, path), { bytesMax: keptBytesMax });
    if (read.ok) return read.bytes;
    if (read.kind === 'gone') return null;
    throw new Error(`${path} cannot be kept: ${read.problem}`);
  };
  const bytes = await bytesNow();
  if (digestOf(bytes) !== seen) return false;
  // As `staged-marks.ts` of the participant has it: without a lock, so that whoever has one may remove what a crash has left.
  const mark = `repair-${digestOf(Buffer.from(text))?.slice(0, 16)}-0`;
  await files.keep(path, bytes === null ? [text] : [bytes, text]);
  await files.stage(path, mark, text);
  if (digestOf(await bytesNow()) !== seen) {
    await files.discard(path, mark);
    return false;
  }
  await files.finish(path, mark);
  return true;
}

const keptBytesMax = 64 * 1024 * 1024;

const digestOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
