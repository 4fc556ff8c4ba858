/** What the tracked files of a working tree contain, told by digests. */
import { createHash } from 'node:crypto';
import { constants, createReadStream, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mapBounded } from '../bounded.ts';
import { submoduleMode, symlinkMode } from './file-modes.ts';
import { runGit, withoutGitVariables } from './git.ts';
import { withoutFilters } from './without-filters.ts';

/**
 * Of each tracked file, by its repository-relative path, a text that is another one when its content or mode is. The same
 * content has the same text before and after it is committed, unless Git changes what it stores (line ends, filters).
 */
export interface TrackedContent {
  /** In the working tree. A file that was deleted is left out; one that Git does not know yet is none of them. */
  readonly now: ReadonlyMap<string, string>;
  /** As Git's index has it. */
  readonly staged: ReadonlyMap<string, string>;
}

/**
 * Reads it. No file that is as the index has it is opened, no link is followed, nothing of the repository is run.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT; the system's failure where a file cannot be read.
 */
export async function trackedContent(root: string): Promise<TrackedContent> {
  const settings = await withoutFilters(root);
  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await runGit({ cwd: root, args, settings, env: withoutGitVariables() })).toString('utf8').split('\0');
  const [staged, changed] = await Promise.all([
    list('ls-files', '-z', '-s'),
    // What a sparse checkout leaves out is none of them; into submodules Git must not look.
    list('diff-files', '-z', '--name-only', '--no-renames', '--ignore-submodules=dirty'),
  ]);
  const index = new Map<string, string>();
  const algorithm = objectLengthOf(staged) === sha256Length ? 'sha256' : 'sha1';
  for (const entry of staged) {
    const [, mode = '', object = '', path] = /^(\d+) ([0-9a-f]+) \d\t(.+)$/s.exec(entry) ?? [];
    if (path !== undefined) index.set(path, `${mode} ${object}`);
  }
  const content = new Map(index);
  const folders = new RealFolders(root);
  const otherwise = [...new Set(changed)].filter((path) => content.has(path));
  await mapBounded(otherwise, readsAtOnce, async (path) => {
    const isThere = folders.has(dirname(path));
    const now = isThere ? await onDisk(join(root, path), content.get(path) ?? '', algorithm) : null;
    if (now === null) content.delete(path);
    else content.set(path, now);
  });
  return { now: content, staged: index };
}

const readsAtOnce = 8;
const sha256Length = 64;

function objectLengthOf(staged: readonly string[]): number {
  return (/^\d+ ([0-9a-f]+) /.exec(staged[0] ?? '')?.[1] ?? '').length;
}

/** The folders of a working tree: where a link is in the place of one, nothing in it is tracked. */
class RealFolders {
  readonly #top: string;
  readonly #known = new Map<string, boolean>();

  constructor(root: string) {
    this.#top = realpathSync(root);
  }

  has(folder: string): boolean {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const isReal = this.#isReal(join(this.#top, folder));
    this.#known.set(folder, isReal);
    return isReal;
  }

  #isReal(path: string): boolean {
    try {
      return realpathSync(path) === path;
    } catch {
      return false;
    }
  }
}

/** Null: it is not there. Neither a pipe nor a device is opened. */
async function onDisk(path: string, indexed: string, algorithm: 'sha1' | 'sha256'): Promise<string | null> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (stats.isSymbolicLink())
    return `${symlinkMode} ${blobDigest(algorithm, readlinkSync(path, { encoding: 'buffer' }))}`;
  if (stats.isDirectory()) return indexed.startsWith(submoduleMode) ? `${indexed} changed` : null;
  if (!stats.isFile()) return 'none';
  const mode = (stats.mode & 0o100) === 0 ? '100644' : '100755';
  return `${mode} ${await fileDigest(algorithm, path)}`;
}

/** As Git makes the id of a blob. */
function blobDigest(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The same, without having all of a file in memory. */
async function fileDigest(algorithm: string, path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    const hash = createHash(algorithm).update(`blob ${size}\0`);
    if (size > 0)
      for await (const chunk of createReadStream(path, { fd: file.fd, autoClose: false, end: size - 1 }))
        hash.update(chunk as Buffer);
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
