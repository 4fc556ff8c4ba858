import { createHash } from 'node:crypto';
import { readRegularFile } from '../../repository/index.ts';
import { quote } from '../../core/index.ts';
import { invalidInput } from '../../protocol/index.ts';

/** Far more than any text; reading so much takes a fraction of a second, in which no lease is renewed. */
const digestedBytesMax = 64 * 1024 * 1024;

/**
 * SHA-256 in hex of a file; null when there is none. `name` is what its caller calls it. Throws `INVALID_INPUT` for what is
 * no regular file, is too large, or may not be read.
 */
export function fileDigest(file: string, name: string): string | null {
  const read = readRegularFile(file, { bytesMax: digestedBytesMax });
  if (read.ok) return createHash('sha256').update(read.bytes).digest('hex');
  if (read.kind === 'gone') return null;
  const remedy =
    read.kind === 'unreadable' ? 'make it readable for this user' : 'name a file that holds text';
  throw invalidInput('path', `${quote(name)} cannot be recorded: ${read.problem}; ${remedy}`);
}
