import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** What is longer is told apart by its size and time. */
const readMax = 16 * 1024 * 1024;
const pieceBytes = 256 * 1024;

/** Of what is in a file; null: there is none, or it cannot be read. */
export function digestOfFile(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) return null;
    return found.size > readMax ? `${found.size} ${found.mtimeMs}` : contentDigest(file);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function contentDigest(file: number): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
    hash.update(piece.subarray(0, read));
  return hash.digest('hex');
}
