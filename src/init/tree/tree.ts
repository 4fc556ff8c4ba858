import { join } from 'node:path';
import { readRegularFile } from '../../repository/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { warning, type Notice, type Notices } from '../notices.ts';
import { baseName, byText, folderOf } from '../paths.ts';
import { inOneForm, otherSpellings } from './spelling.ts';

/** A file as Git lists it. */
export interface ListedFile {
  /** Repository-relative, as it is spelled on disk. */
  readonly path: string;
  readonly isTracked: boolean;
}

/**
 * The files of a working tree that Git knows or would know: tracked or not, but not ignored. Submodules and repositories
 * inside are not entered, symlinks not followed. All paths are repository-relative, with forward slashes, in Unicode NFC.
 */
export class RepositoryTree {
  readonly root: string;
  /** Regular files, sorted. */
  readonly files: readonly string[];
  /** Every folder that holds a file, at any depth; the top included. */
  readonly folders: ReadonlySet<ScopePath>;
  /** Those of the folders that hold a tracked file, at any depth. */
  readonly trackedFolders: ReadonlySet<ScopePath>;
  readonly #notices: Notices;
  readonly #onDisk: ReadonlyMap<string, string>;
  readonly #foldersOnDisk: ReadonlyMap<string, string>;
  readonly #byName = new Map<string, string[]>();
  readonly #known: ReadonlySet<string>;

  constructor(root: string, listed: readonly ListedFile[], notices: Notices) {
    this.root = root;
    this.#notices = notices;
    const spelling = inOneForm(
      listed.map(({ path }) => path),
      notices,
    );
    this.#onDisk = spelling;
    this.#foldersOnDisk = otherSpellings(spelling);
    this.files = [...spelling.keys()].sort(byText);
    this.#known = new Set(this.files);
    this.folders = foldersOf(this.files);
    this.trackedFolders = foldersOf(
      listed.filter(({ isTracked }) => isTracked).map(({ path }) => path.normalize('NFC')),
    );
    for (const file of this.files) this.#index(file);
  }

  #index(file: string): void {
    const name = baseName(file);
    const same = this.#byName.get(name);
    if (same === undefined) this.#byName.set(name, [file]);
    else same.push(file);
  }

  /** All files of a name, in the order of their paths. */
  named(name: string): readonly string[] {
    return this.#byName.get(name) ?? [];
  }

  has(file: string): boolean {
    return this.#known.has(file);
  }

  /**
   * Text of a manifest, without a byte order mark; null when it is gone or cannot be read, which is then noted: what it says
   * is missing from all that is derived.
   */
  read(file: string): string | null {
    return this.#readOr(file, (problem) => this.#notices.addGap(problem));
  }

  /** As {@link read}, for a file that is one of many: a bundle of many megabytes is noted, and not missed. */
  readSource(file: string): string | null {
    return this.#readOr(file, (problem) => this.#notices.add(problem));
  }

  #readOr(file: string, note: (problem: Notice) => void): string | null {
    const read = readRegularFile(join(this.root, this.#onDisk.get(file) ?? file));
    if (read.ok) return read.bytes.toString('utf8').replace(/^\uFEFF/, '');
    const { kind, problem } = read;
    if (kind === 'link') this.#notices.add(warning('SYMLINK_SKIPPED', { file }, 'is a symlink: not read'));
    else if (kind !== 'gone')
      note(warning('FILE_UNREADABLE', { file }, `cannot be read: ${problem}; what it says was left out`));
    return null;
  }

  /** How a folder is spelled on disk: some names are kept there in another Unicode form than ours. */
  onDisk(folder: ScopePath): string {
    return this.#foldersOnDisk.get(folder) ?? folder;
  }
}

function foldersOf(files: readonly string[]): Set<ScopePath> {
  const folders = new Set<ScopePath>(['.' as ScopePath]);
  for (const file of files)
    for (let folder = folderOf(file); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  return folders;
}
