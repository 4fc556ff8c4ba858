import { lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { quote, type ScopePath } from '../../core/index.ts';
import { CoordinatorError, invalidInput, systemFailure } from '../../protocol/index.ts';
import type { Repository } from './folders.ts';
import { leadsOut } from './inside.ts';
import { keptVersions, type KeptVersions } from './kept-versions.ts';
import { readRegularFileAsync } from './regular-file.ts';
import { realPathOf, repositoryPath } from './repository-path.ts';

/** Far more than any text; it is read as a whole. */
const textBytesMax = 64 * 1024 * 1024;

/** Files by their paths in the repository. See `Files` of the participant for what each is for. */
export interface WorkingFiles extends KeptVersions {
  realPath(path: ScopePath): Promise<ScopePath>;
  read(path: ScopePath): Promise<string | null>;
  stage(path: ScopePath, mark: string, text: string): Promise<void>;
  staged(path: ScopePath, mark: string): Promise<string | null>;
  marks(path: ScopePath): Promise<readonly string[]>;
  finish(path: ScopePath, mark: string): Promise<void>;
  discard(path: ScopePath, mark: string): Promise<void>;
}

/**
 * The files of a repository's working tree. Other processes of the user's own work in it, and what lies there may come from
 * anywhere: links, pipes, devices. Only regular files are read or replaced, and only where their paths really are.
 *
 * What cannot be done is told as `INVALID_INPUT`, when another path has to be named or something be moved away, or as the
 * system's failure.
 */
export function workingFiles(
  repository: Pick<Repository, 'worktree' | 'gitDir' | 'commonDir'>,
): WorkingFiles {
  const locationOf = (path: ScopePath): Promise<string> => locationIn(repository, path);
  return {
    realPath: async (path) => realPathIn(repository, path),
    read: (path) => told(path, async () => textOf(path, await locationOf(path))),
    stage: (path, mark, text) =>
      told(path, async () => {
        await mkdir(dirname(join(topOf(repository), path)), { recursive: true });
        const location = await locationOf(path);
        await writeAnew(besides(location, mark), text, await modeOf(location));
      }),
    staged: (path, mark) => told(path, async () => stagedText(besides(await locationOf(path), mark))),
    marks: (path) => told(path, async () => marksBeside(await locationOf(path))),
    finish: (path, mark) =>
      told(path, async () => {
        const location = await locationOf(path);
        // Who repairs what a killed writer has left may have put it there already.
        await rename(besides(location, mark), location).catch(unlessGone(besides(location, mark)));
        await syncFolder(dirname(location));
      }),
    discard: (path, mark) =>
      told(path, async () => rm(besides(await locationOf(path), mark), { force: true })),
    ...keptVersions(repository),
  };
}

function topOf({ worktree, commonDir }: Pick<Repository, 'worktree' | 'commonDir'>): string {
  if (worktree !== null) return realPathOf(worktree);
  throw invalidInput(
    'path',
    `${commonDir} is a bare repository, and has no files to write: take part in a working tree of it`,
  );
}

function realPathIn(repository: Pick<Repository, 'worktree' | 'commonDir'>, path: ScopePath): ScopePath {
  const top = topOf(repository);
  const real = repositoryPath(top, top, path);
  if (real.ok) return real.value;
  throw invalidInput('path', `${real.problem}: name a file in it`);
}

/** Where a file is whose path is a real one; a link that was put into it since is not followed. */
async function locationIn(
  repository: Pick<Repository, 'worktree' | 'gitDir' | 'commonDir'>,
  path: ScopePath,
): Promise<string> {
  const location = join(topOf(repository), path);
  if (Buffer.byteLength(basename(location)) > nameBytesMax) throw refused(path, tooLong);
  const folder = dirname(location);
  if ((await realpath(folder).catch(ifGone(folder))) !== folder)
    throw refused(path, `${folder} is a symbolic link by now: name the file by where it is`);
  // A Git folder may have any name, and lie in the working tree.
  if ([repository.gitDir, repository.commonDir].some((own) => !leadsOut(relative(realPathOf(own), location))))
    throw refused(path, "it is Git's own, and in no scope: name a file of the working tree");
  return location;
}

const besides = (location: string, mark: string): string =>
  join(dirname(location), `${startBeside(location)}${mark}`);

const startBeside = (location: string): string => `.${basename(location)}.`;

async function marksBeside(location: string): Promise<string[]> {
  const folder = dirname(location);
  const start = startBeside(location);
  const names = await readdir(folder).catch(ifGone([]));
  return names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
}

/** With the mark beside it, a name still has to be one. */
const nameBytesMax = 220;
const tooLong = `a name in it is too long: give the file one of at most ${nameBytesMax} bytes`;

async function modeOf(location: string): Promise<number> {
  return lstat(location).then(({ mode }) => mode & 0o777, ifGone(0o666));
}

/** In the place of one that an earlier try has left. No link is followed. */
async function writeAnew(path: string, text: string, mode: number): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name is there after a power cut, too. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

async function textOf(path: ScopePath, location: string): Promise<string | null> {
  const read = await readRegularFileAsync(location, { bytesMax: textBytesMax });
  if (read.ok) return decoded(path, read.bytes);
  if (read.kind === 'gone') return null;
  if (read.kind === 'link')
    throw refused(path, 'it is a symbolic link that leads nowhere, and no regular file: remove it');
  const remedy =
    read.kind === 'unreadable' ? 'make it readable for this user' : 'name a file that holds text';
  throw refused(path, `${read.problem}; ${remedy}`);
}

/** Bytes that are no text would come back as others. */
function decoded(path: ScopePath, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused(path, 'it is no text in UTF-8, and its bytes would be lost: save it as such first');
  }
}

/** Anything else under such a name is none of ours. */
async function stagedText(location: string): Promise<string | null> {
  const read = await readRegularFileAsync(location, { bytesMax: textBytesMax });
  return read.ok ? read.bytes.toString('utf8') : null;
}

const refused = (path: ScopePath, why: string): CoordinatorError =>
  invalidInput('path', `${quote(path)} cannot be written: ${why}`);

/** What the system says of a path, by its own code. */
const inTheWay: Readonly<Record<string, string>> = {
  ENAMETOOLONG: tooLong,
  ENOTDIR: 'a part of its path is no folder: name another, or move that away',
  EEXIST: 'a part of its path is no folder: name another, or move that away',
  ELOOP: 'a part of its path is a symbolic link: name the file by where it is',
  EISDIR: 'it is a folder: name a file',
  ERR_FS_EISDIR: 'a folder is in the place of a passing file beside it: remove that',
  ENOENT:
    'a folder of its path is a link to nothing, or was removed meanwhile: mend that, then do the same again',
};

async function told<T>(path: ScopePath, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CoordinatorError) throw error;
    const why = inTheWay[codeOf(error)];
    throw why === undefined ? (systemFailure(error) ?? error) : refused(path, why);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** Passes on what failed, unless the file is not there any more. */
function unlessGone(path: string): (error: unknown) => Promise<void> {
  return async (error) => {
    if (codeOf(error) !== 'ENOENT' || (await lstat(path).catch(ifGone(null))) !== null) throw error;
  };
}

/** For what needs not be there. */
function ifGone<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === 'ENOENT') return instead;
    throw error;
  };
}
