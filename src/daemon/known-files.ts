import { lstatSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import type { ScanResult } from '../repository/index.ts';

/** Where the configuration stands, or would. */
const topFiles = ['rhema.yaml', '.rhema/rhema.yaml'];
/** What is looked at before an answer must take no time that anybody notices. */
const filesMax = 200;
/** No program is started, and calls, in less than that. */
const compareEveryMs = 20;

/** The scope files that the last scan found, for looks that are far cheaper than one at the whole tree. */
export class KnownFiles {
  readonly #root: string | null;
  readonly #monotonicMs: () => number;
  #places: readonly string[] = [];
  /** Of each place, at the last look. */
  #stamps: readonly Stamp[] = [];
  #comparedAtMs = Number.NEGATIVE_INFINITY;

  /** Null: there is no working tree, and nobody edits a file. */
  constructor(root: string | null, monotonicMs: () => number) {
    this.#root = root;
    this.#monotonicMs = monotonicMs;
    this.#setFiles(topFiles);
  }

  note({ places }: Pick<ScanResult, 'places'>): void {
    const files = new Set([...topFiles, ...[...places.values()].map(({ file }) => file)]);
    this.#setFiles([...files].slice(0, filesMax));
  }

  #setFiles(files: readonly string[]): void {
    const root = this.#root;
    this.#places = root === null ? [] : files.map((file) => join(root, file));
  }

  /** To be called before the whole tree is looked at. */
  noteLook(): void {
    this.#stamps = this.#places.map(stampOf);
  }

  /** Whether one of them was written anew since the last look. */
  areTouched(): boolean {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#comparedAtMs < compareEveryMs) return false;
    this.#comparedAtMs = nowMs;
    const stamps = this.#stamps;
    if (stamps.length !== this.#places.length) return true;
    return this.#places.some((place, index) => !isSame(stampOf(place), stamps[index] ?? null));
  }
}

/** Null where there is no file, or none that can be looked at. */
type Stamp = BigIntStats | null;

function stampOf(place: string): Stamp {
  try {
    return lstatSync(place, { throwIfNoEntry: false, bigint: true }) ?? null;
  } catch {
    return null;
  }
}

/** Number by number: to write them down as text would take longer than the look. */
function isSame(one: Stamp, other: Stamp): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs
  );
}
