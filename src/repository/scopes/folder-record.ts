/**
 * Which folders of a working tree there are, so that the next look can tell whether anything was added or taken away without
 * having Git walk through all of them: a folder's own times change with its entries.
 */
import { readdir } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { mapBounded } from '../bounded.ts';
import { isDefinitionName } from './candidates.ts';
import { isInstalled } from '../installed.ts';
import { lookAt } from '../look.ts';
import { isGone } from '../git/regular-file.ts';

/** Enough to hide the latency of a disk. */
const looksAtOnce = 16;

/** Times of files tick in milliseconds at best and in seconds at worst: within such a tick a change leaves no trace. */
export const tickMs = 2_500;

interface FolderState {
  readonly signature: string;
  /** Of its entries those on which it depends what Git lists: folders, scope files, rules of what is ignored. */
  readonly telling: string;
}

export class FolderRecord {
  readonly #root: string;
  /** By path with a trailing slash; empty for the top. */
  readonly #folders = new Map<string, FolderState>();
  /** Files whose content decides what Git lists; null: there is none. */
  readonly #files = new Map<string, string | null>();
  readonly #newestMs: number;
  readonly #startedMs: number;

  private constructor(root: string, startedMs: number, newestMs: number) {
    this.#root = root;
    this.#startedMs = startedMs;
    this.#newestMs = newestMs;
  }

  /**
   * Walks through the folders that Git does not ignore. `files`: absolute paths of Git's own files that decide what it
   * lists. `startedMs`: when the listing that this record stands for was begun.
   */
  static async take({
    root,
    files,
    isIgnored,
    holdingTracked,
    startedMs,
  }: RecordInput): Promise<FolderRecord> {
    const folders = new Map<string, FolderState>();
    const rules: string[] = [];
    let newestMs = 0;
    for (let level = ['']; level.length > 0;) {
      const read = await mapBounded(level, looksAtOnce, (base) => readFolder(root, base));
      level = [];
      const repositories = read.filter(({ names }) => names.isRepository).map(({ base }) => base);
      const ours = repositories.length === 0 ? new Set() : await holdingTracked(repositories);
      for (const { base, state, names, changedMs } of read) {
        folders.set(base, state);
        newestMs = Math.max(newestMs, changedMs);
        if (names.rules) rules.push(join(root, base, '.gitignore'));
        if (!names.isRepository || ours.has(base))
          level.push(...names.folders.filter((path) => !isIgnored(path)));
      }
    }
    const looked = await mapBounded([...files, ...rules], looksAtOnce, signatureOf);
    newestMs = Math.max(newestMs, ...looked.map(({ changedMs }) => changedMs));
    const record = new FolderRecord(root, startedMs, newestMs);
    for (const [base, state] of folders) record.#folders.set(base, state);
    for (const { path, signature } of looked) record.#files.set(path, signature);
    return record;
  }

  /** Whether there was such a folder, with no symlink on its path. `base`: with a trailing slash; empty for the top. */
  has(base: string): boolean {
    return this.#folders.has(base);
  }

  /** Whether what Git would list is certainly what it listed then. */
  async isUnchanged(): Promise<boolean> {
    // What changed in the same tick as it was looked at may have changed after the look.
    if (this.#newestMs > this.#startedMs - tickMs) return false;
    const files = await mapBounded([...this.#files], looksAtOnce, async ([path, signature]) => {
      return (await signatureOf(path)).signature === signature;
    });
    if (files.includes(false)) return false;
    const folders = await mapBounded([...this.#folders], looksAtOnce, ([base, state]) =>
      this.#isAsBefore(base, state),
    );
    return !folders.includes(false);
  }

  /** An editor that writes beside and renames changes its folder, but nothing of what Git lists. */
  async #isAsBefore(base: string, state: FolderState): Promise<boolean> {
    const stat = await lookAt(join(this.#root, base)).catch(() => null);
    if (stat === null) return false;
    if (signatureIn(stat) === state.signature) return true;
    const now = await readFolder(this.#root, base).catch(() => null);
    if (now === null || now.state.telling !== state.telling) return false;
    // Within the tick of its last change it is read again at the next look.
    if (now.changedMs < Date.now() - tickMs) this.#folders.set(base, now.state);
    return true;
  }
}

export interface RecordInput {
  readonly root: string;
  readonly files: readonly string[];
  /** Of a folder, with a trailing slash. */
  readonly isIgnored: (path: string) => boolean;
  /** Which of these folders, each another repository inside, hold files that this one tracks: Git lists those as its own. */
  readonly holdingTracked: (bases: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly startedMs: number;
}

interface ReadFolder {
  readonly base: string;
  readonly state: FolderState;
  readonly names: Names;
  readonly changedMs: number;
}

interface Names {
  /** Repository-relative, with a trailing slash. */
  readonly folders: readonly string[];
  readonly rules: boolean;
  /** Another one inside, whose folders are its own unless this one tracks files in it. */
  readonly isRepository: boolean;
}

async function readFolder(root: string, base: string): Promise<ReadFolder> {
  const path = join(root, base);
  // Before its entries are read: a change between the two shows in the next look.
  const stat = await lookAt(path);
  const entries = await readdir(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== '.git');
  const telling = entries.filter((entry) => entry.isDirectory() || isTelling(entry.name));
  return {
    base,
    state: {
      signature: signatureIn(stat),
      telling: telling
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .toSorted()
        .join('\0'),
    },
    names: {
      folders: folders.filter(({ name }) => !isInstalled(name)).map(({ name }) => `${base}${name}/`),
      rules: entries.some(({ name }) => name === '.gitignore'),
      isRepository: base !== '' && entries.some(({ name }) => name === '.git'),
    },
    changedMs: changedMsOf(stat),
  };
}

function isTelling(name: string): boolean {
  return isDefinitionName(name) || name === '.gitignore' || name === '.git';
}

/** Sees every way a file is changed or replaced: times, size and inode. */
export function signatureIn({ dev, ino, mode, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${mode} ${size} ${mtimeNs} ${ctimeNs}`;
}

/** When a file was changed last, in the time of its disk. */
export function changedMsOf({ mtimeMs, ctimeMs }: BigIntStats): number {
  return Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
}

async function signatureOf(
  path: string,
): Promise<{ readonly path: string; readonly signature: string | null; readonly changedMs: number }> {
  try {
    const stat = await lookAt(path);
    return { path, signature: signatureIn(stat), changedMs: changedMsOf(stat) };
  } catch (error) {
    if (!isGone(error)) throw error;
    return { path, signature: null, changedMs: 0 };
  }
}
