import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** More than this is generated, and not read. */
const fileBytesMax = 4 * 1024 * 1024;

/** Opening must not wait for the writer of a pipe, nor follow a link put there since the path was looked at. */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export interface ReadOptions {
  /** A longer file is not read at all. */
  readonly bytesMax?: number;
  /** Whether a link in the file's place may stand for it; links among its folders are followed in any case. */
  readonly followLink?: boolean;
}

export type RegularFile = { readonly ok: true; readonly bytes: Buffer } | NotRead;

interface NotRead {
  readonly ok: false;
  /** `gone`: there is nothing of that name, or what should be its folder is a file. */
  readonly kind: 'gone' | 'link' | 'notRegular' | 'tooLarge' | 'unreadable';
  /** For people, as in `cannot be read: ...`. */
  readonly problem: string;
}

/** The bytes of a file whose place may hold anything: a pipe, a device, a folder, gigabytes. */
export function readRegularFile(path: string, options: ReadOptions = {}): RegularFile {
  let file: number | null = null;
  try {
    file = openSync(path, flagsFor(options));
    return readOpened(file, options);
  } catch (error) {
    return notRead(error);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The same, while others go on: a disk may be slow, and files many. */
export async function readRegularFileAsync(path: string, options: ReadOptions = {}): Promise<RegularFile> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, flagsFor(options));
    return await readHandle(file, options);
  } catch (error) {
    return notRead(error);
  } finally {
    await file?.close();
  }
}

/** Up to the size that it had: whoever appends faster than it is read would never let it end. */
function readOpened(file: number, options: ReadOptions): RegularFile {
  const stat = fstatSync(file);
  const refusal = refusalOf(stat, options);
  if (refusal !== null) return refusal;
  const bytes = Buffer.alloc(stat.size);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readSync(file, bytes, length, bytes.length - length, null);
  return { ok: true, bytes: bytes.subarray(0, length) };
}

async function readHandle(file: FileHandle, options: ReadOptions): Promise<RegularFile> {
  const stat = await file.stat();
  const refusal = refusalOf(stat, options);
  if (refusal !== null) return refusal;
  const bytes = Buffer.alloc(stat.size);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = (await file.read(bytes, length, bytes.length - length, null)).bytesRead;
  return { ok: true, bytes: bytes.subarray(0, length) };
}

function flagsFor({ followLink = false }: ReadOptions): number {
  return followLink ? openFlags & ~constants.O_NOFOLLOW : openFlags;
}

function refusalOf(stat: Stats, { bytesMax = fileBytesMax }: ReadOptions): NotRead | null {
  if (!stat.isFile()) return { ok: false, kind: 'notRegular', problem: 'it is not a regular file' };
  if (stat.size <= bytesMax) return null;
  return { ok: false, kind: 'tooLarge', problem: tooLarge(stat.size, bytesMax) };
}

function notRead(error: unknown): NotRead {
  return { ok: false, kind: kindOf(error), problem: messageOf(error) };
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
