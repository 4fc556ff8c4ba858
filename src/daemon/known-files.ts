import { lstatSync } from 'node:fs';
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
  #files: readonly string[] = topFiles;
  #stamp = '';
  #comparedAtMs = Number.NEGATIVE_INFINITY;

  /** Null: there is no working tree, and nobody edits a file. */
  constructor(root: string | null, monotonicMs: () => number) {
    this.#root = root;
    this.#monotonicMs = monotonicMs;
  }

  note({ places }: Pick<ScanResult, 'places'>): void {
    const files = new Set([...topFiles, ...[...places.values()].map(({ file }) => file)]);
    this.#files = [...files].slice(0, filesMax);
  }

  /** To be called before the whole tree is looked at. */
  noteLook(): void {
    this.#stamp = this.#stampNow();
  }

  /** Whether one of them was written anew since the last look. */
  areTouched(): boolean {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#comparedAtMs < compareEveryMs) return false;
    this.#comparedAtMs = nowMs;
    return this.#stampNow() !== this.#stamp;
  }

  #stampNow(): string {
    const root = this.#root;
    return root === null ? '' : this.#files.map((file) => stampOf(join(root, file))).join('\n');
  }
}

function stampOf(path: string): string {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  } catch {
    return '';
  }
}
