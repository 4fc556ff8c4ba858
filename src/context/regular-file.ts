import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** More than this is generated, and not read. */
const fileBytesMax = 4 * 1024 * 1024;

/** Opening must not wait for the writer of a pipe, nor follow a link put there since the path was looked at. */
export const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export interface ReadOptions {
  /** A longer file is not read at all. */
  readonly bytesMax?: number;
  /** Whether a link in the file's place may stand for it; links among its folders are followed in any case. */
  readonly followLink?: boolean;
}

export type RegularFile =
  | { readonly ok: true; readonly bytes: Buffer }
  | {
      readonly ok: false;
      /** `gone`: there is nothing of that name, or what should be its folder is a file. */
      readonly kind: 'gone' | 'link' | 'notRegular' | 'tooLarge' | 'unreadable';
      /** For people, as in `cannot be read: ...`. */
      readonly problem: string;
    };

/** The bytes of a file whose place may hold anything: a pipe, a device, a folder, gigabytes. */
export function readRegularFile(path: string, options: ReadOptions = {}): RegularFile {
  const { bytesMax = fileBytesMax, followLink = false } = options;
  let file: number | null = null;
  try {
    file = openSync(path, followLink ? openFlags & ~constants.O_NOFOLLOW : openFlags);
    return readOpened(file, bytesMax);
  } catch (error) {
    return { ok: false, kind: kindOf(error), problem: messageOf(error) };
  } finally {
    if (file !== null) closeSync(file);
  }
}

function readOpened(file: number, bytesMax: number): RegularFile {
  const stat = fstatSync(file);
  if (!stat.isFile()) return { ok: false, kind: 'notRegular', problem: 'it is not a regular file' };
  if (stat.size > bytesMax) return { ok: false, kind: 'tooLarge', problem: tooLarge(stat.size, bytesMax) };
  const bytes = Buffer.alloc(stat.size);
  // Not until its end: whoever appends faster than it is read would never let it end.
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(file, bytes, length, bytes.length - length, null);
  return { ok: true, bytes: bytes.subarray(0, length) };
}

function tooLarge(bytes: number, bytesMax: number): string {
  return `it has ${bytes} bytes, at most ${bytesMax} are read`;
}

function kindOf(error: unknown): 'gone' | 'link' | 'notRegular' | 'unreadable' {
  if (isGone(error)) return 'gone';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ELOOP') return 'link';
  // A socket and a device without a driver cannot even be opened.
  return code === 'ENXIO' || code === 'ENODEV' ? 'notRegular' : 'unreadable';
}

export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
