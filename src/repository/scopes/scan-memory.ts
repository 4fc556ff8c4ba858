/**
 * What one scan may take from those before it. Having Git list a large working tree, and reading thousands of scope files, takes
 * seconds; finding out that nothing was added, removed or changed does not. Nothing is taken that may have changed since.
 */
import type { PathPattern, ScopePath } from '../../core/index.ts';
import { FolderRecord, tickMs } from './folder-record.ts';
import type { ListedPaths } from './listed-paths.ts';
import type { ReadCandidate } from './read-candidate.ts';

/** Git's rules may also lie in files that nobody here knows of: after so long it is asked in any case. */
const listingMaxAgeMs = 60_000;

export class ScanMemory {
  #listing: { readonly root: string; readonly atMs: number; readonly listed: ListedPaths } | null = null;
  /** Of the folders that this listing went through. Taken for the second listing: most processes need one. */
  #record: FolderRecord | null = null;
  /** Whether the folders were found to be as before at this look. */
  #isSure = false;
  readonly #readings = new Map<string, Reading>();
  /** The folders that patterns fitted at the last listing. */
  #folders: { readonly key: string; readonly found: readonly ScopePath[] } | null = null;
  /** What a root scope's file said of folders that are scopes. */
  #split: { readonly signature: string; readonly patterns: readonly PathPattern[] } | null = null;

  /** The last listing, if Git would certainly give the same again; else a new one. */
  async listing(root: string, list: () => Promise<ListedPaths>): Promise<ListedPaths> {
    const last = this.#listing;
    const startedMs = Date.now();
    const isYoung = last !== null && last.root === root && startedMs - last.atMs < listingMaxAgeMs;
    this.#isSure = isYoung && (await this.#isUnchanged());
    if (isYoung && this.#isSure) return last.listed;
    const record = last === null ? null : await recordOf(root, startedMs);
    const listed = await list();
    // All at once: until then, whoever looks meanwhile compares the folders with what was listed before.
    this.#listing = { root, atMs: startedMs, listed };
    this.#record = listed.problems.length > 0 ? null : record;
    this.#folders = null;
    return listed;
  }

  /** Whether a folder is certainly one, with no symlink on its path. `path`: repository-relative. */
  isFolder(path: string): boolean {
    return this.#isSure && (this.#record?.has(path === '.' ? '' : `${path}/`) ?? false);
  }

  /** The folders that patterns fit, as of this look; `key`: of the patterns. */
  async folders(key: string, list: () => Promise<readonly ScopePath[]>): Promise<readonly ScopePath[]> {
    if (this.#folders?.key === key) return this.#folders.found;
    const listing = this.#listing;
    const found = await list();
    // Of a listing that is no more the last they may be others.
    if (listing === this.#listing) this.#folders = { key, found };
    return found;
  }

  /** The patterns in a root scope's file of this signature; null: it was not read yet. */
  splitOf(signature: string): readonly PathPattern[] | null {
    return this.#split?.signature === signature ? this.#split.patterns : null;
  }

  keepSplit(signature: string, patterns: readonly PathPattern[]): void {
    this.#split = { signature, patterns };
  }

  async #isUnchanged(): Promise<boolean> {
    return (await this.#record?.isUnchanged().catch(() => false)) ?? false;
  }

  /** What was read from a file, if it is the same file still. `key` sees every change of it, and all else it was read by. */
  reading(path: string, key: string): ReadCandidate | null {
    const known = this.#readings.get(path);
    return known?.key === key ? known.candidate : null;
  }

  /** Remembers it, unless the file is so young that it may have been changed in the tick in which it was read. */
  keep(path: string, { key, changedMs }: ReadingKey, candidate: ReadCandidate): void {
    if (changedMs < Date.now() - tickMs) this.#readings.set(path, { key, candidate });
    else this.#readings.delete(path);
  }

  /** Nothing is kept of files that are gone. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#readings.keys()) if (!paths.has(path)) this.#readings.delete(path);
  }
}

export interface ReadingKey {
  readonly key: string;
  /** When the file was changed last. */
  readonly changedMs: number;
}

interface Reading {
  readonly key: string;
  readonly candidate: ReadCandidate;
}

/** Null where the folders cannot be walked through: then Git is asked each time. */
async function recordOf(root: string, startedMs: number): Promise<FolderRecord | null> {
  try {
    const { decidingFiles, holdingTracked, ignoredFolders } = await import('../git/git-lists.ts');
    const [files, ignored] = await Promise.all([decidingFiles(root), ignoredFolders(root)]);
    const isIgnored = (path: string): boolean => ignored.has(path);
    return await FolderRecord.take({
      root,
      files,
      isIgnored,
      holdingTracked: (bases) => holdingTracked(root, bases),
      startedMs,
    });
  } catch {
    return null;
  }
}
