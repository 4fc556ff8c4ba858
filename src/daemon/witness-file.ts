import { closeSync, fstatSync, lstatSync, readSync, writeSync, type Stats } from 'node:fs';
import { crc32 } from 'node:zlib';
import { asRevision } from '../core/index.ts';
import { openToRead, openToUpdate, removeFile } from '../files/index.ts';
import type { Sighting, Witness } from '../service/index.ts';

/** One record of a fixed size, written over and over: it needs no room on a disk that is full. */
const recordBytes = 128;
/** A record may be read while another process writes it. */
const readingsMax = 5;

/** Which file it is, whatever its name. */
type Identity = Readonly<Pick<Stats, 'dev' | 'ino'>>;

/** How far the log came, in a small file beside the folder that holds it. */
export class WitnessFile implements Witness {
  readonly #path: string;
  #file: number;
  /** The file that is open. */
  #opened: Identity;
  readonly #onTrouble: (message: string, cause: unknown) => void;
  #isInTrouble = false;
  #isClosed = false;

  /** Throws when the file is not this user's own, or cannot be made. */
  constructor(path: string, onTrouble: (message: string, cause: unknown) => void) {
    this.#path = path;
    this.#file = openOrBegin(path);
    this.#opened = fstatSync(this.#file);
    this.#onTrouble = onTrouble;
  }

  read(): Sighting | 'unreadable' | null {
    const seen = readRecord(this.#file);
    if (seen !== null) return seen.log === nothing.log ? null : seen;
    this.#onTrouble(
      `${this.#path} is damaged: how far the log had come is not known. It is written anew; put no backup of the log in place until then`,
      null,
    );
    return 'unreadable';
  }

  /** The entry is durable whether this succeeds or not, so it fails nobody. */
  note(seen: Sighting): void {
    try {
      this.#followName();
      writeSync(this.#file, encode(seen), 0, recordBytes, 0);
      this.#isInTrouble = false;
    } catch (cause) {
      if (!this.#isInTrouble) this.#onTrouble(`${this.#path} cannot be written`, cause);
      this.#isInTrouble = true;
    }
  }

  /**
   * Somebody may remove the file, or put an older one in its place, while we have it open: what is written to one without a
   * name keeps no token from being given out twice.
   */
  #followName(): void {
    const named = lstatSync(this.#path, { throwIfNoEntry: false });
    if (named?.ino === this.#opened.ino && named.dev === this.#opened.dev) return;
    const file = openToUpdate(this.#path);
    closeSync(this.#file);
    this.#file = file;
    this.#opened = fstatSync(file);
  }

  /** Idempotent. */
  close(): void {
    if (!this.#isClosed) closeSync(this.#file);
    this.#isClosed = true;
  }
}

/** How the file is, without making or mending it. Throws when it is not this user's own, or cannot be read. */
export function lookAtWitness(path: string): 'sound' | 'damaged' | 'missing' {
  const file = openToRead(path);
  if (file === null) return 'missing';
  try {
    return readRecord(file) === null ? 'damaged' : 'sound';
  } finally {
    closeSync(file);
  }
}

/** Null when it is damaged. */
function readRecord(file: number): Sighting | null {
  for (let reading = 1; reading <= readingsMax; reading += 1) {
    const record = Buffer.alloc(recordBytes);
    const size = readSync(file, record, 0, recordBytes, 0);
    const seen = decode(record.toString('utf8', 0, size));
    if (seen !== null) return seen;
  }
  return null;
}

/** What a file says that has just been made: so an empty one is a damaged one. */
const nothing: Sighting = { log: '-', last: asRevision(0) };

function openOrBegin(path: string): number {
  const isNew = lstatSync(path, { throwIfNoEntry: false }) === undefined;
  const file = openToUpdate(path);
  if (!isNew) return file;
  try {
    writeSync(file, encode(nothing), 0, recordBytes, 0);
    return file;
  } catch (error) {
    closeSync(file);
    removeFile(path);
    throw error;
  }
}

function encode({ log, last }: Sighting): Buffer {
  const text = `rhema 1 ${last} ${log} `;
  const line = `${text}${crc32(text).toString(16)}`;
  return Buffer.from(`${line.padEnd(recordBytes - 1)}\n`);
}

function decode(record: string): Sighting | null {
  const [, text, last, log, sum] = /^(rhema 1 (\d+) (\S+) )([0-9a-f]+) *\n$/.exec(record) ?? [];
  if (text === undefined || last === undefined || log === undefined) return null;
  return crc32(text).toString(16) === sum ? { log, last: asRevision(Number(last)) } : null;
}
