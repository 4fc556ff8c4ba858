import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath } from '../core/index.ts';
import { readRegularFile } from '../repository/index.ts';
import { isBroken, rulesBrokenBy } from '../safety/index.ts';

/** What lies at the place of a file. `id`: another one whenever that may be another. */
export type FileSeen =
  | {
      readonly kind: 'read';
      readonly id: string;
      readonly digest: string;
      readonly isBroken: boolean;
      /** Of a context file, the rules that it breaks by itself. */
      readonly breaks: readonly string[];
      /** Null: it is not broken, and too large to be kept in memory. */
      readonly text: string | null;
    }
  | { readonly kind: 'gone' | 'unread'; readonly id: string };

/** A file that was changed so lately may be changed again within one tick of its clock. */
const tickMs = 100;
/** Far more than a scope file has. */
const textBytesMax = 64 * 1024;

interface Stamped {
  readonly stamp: string;
  readonly file: FileSeen;
}

/** Looks at files of a working tree, and reads none again that is as it was. */
export class WatchedFiles {
  readonly #root: string;
  readonly #wallMs: () => number;
  #seen = new Map<ScopePath, Stamped>();
  #kept: ReadonlyMap<ScopePath, Stamped> = this.#seen;

  constructor(root: string, wallMs: () => number = Date.now) {
    this.#root = root;
    this.#wallMs = wallMs;
  }

  /** What is not looked at between two calls of it is forgotten. */
  beginLook(): void {
    this.#kept = this.#seen;
    this.#seen = new Map();
  }

  look(path: ScopePath): FileSeen {
    const location = join(this.#root, path);
    const stat = lstatSync(location, { throwIfNoEntry: false, bigint: true });
    if (stat === undefined) return { kind: 'gone', id: 'gone' };
    const stamp = [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
    const before = this.#seen.get(path) ?? this.#kept.get(path);
    const file = before?.stamp === stamp ? before.file : this.#read(path, location);
    const isYoung = Number(stat.ctimeMs) > this.#wallMs() - tickMs;
    if (!isYoung) this.#seen.set(path, { stamp, file });
    return file;
  }

  #read(path: ScopePath, location: string): FileSeen {
    const read = readRegularFile(location);
    if (!read.ok) return { kind: read.kind === 'gone' ? 'gone' : 'unread', id: read.kind };
    const digest = createHash('sha256').update(read.bytes).digest('hex');
    const text = read.bytes.length > textBytesMax ? null : read.bytes.toString('utf8');
    const breaks = rulesBrokenBy(path, read.bytes);
    return { kind: 'read', id: digest, digest, isBroken: isBroken(path, read.bytes), breaks, text };
  }
}
