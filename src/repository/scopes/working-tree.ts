import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseScopePath, type PathPattern, type ScopePath } from '../../core/index.ts';
import { RepositoryError } from '../errors.ts';
import { definitionFiles } from './candidates.ts';
import { changedMsOf, signatureIn } from './folder-record.ts';
import { foldersFitting, rootsOf } from './folders-fitting.ts';
import { isInside } from '../git/inside.ts';
import { listTree } from '../git/ls-files.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { listFiles, type ListedFile, type Listing } from './list-files.ts';
import { scopeFileBytesMax } from '../limits.ts';
import { errorAt, wholeFile } from './problems.ts';
import { readRegularFileAsync } from '../git/regular-file.ts';
import { readFromIndex } from './sparse.ts';
import type { ScanMemory } from './scan-memory.ts';
import type { FileContent, FileSignature, FolderLook, Tree } from './tree.ts';

/** The definition files of a working tree, as they are on disk, or in the index where a sparse checkout leaves them out. */
export async function openWorkingTree(root: string, memory: ScanMemory | null): Promise<Tree> {
  const listing = await listFiles(root, memory);
  const byPath = new Map(listing.files.map((file) => [file.path, file]));
  const notCheckedOut = await readFromIndex(root, listing.notCheckedOut);
  return {
    root,
    paths: [...byPath.keys(), ...notCheckedOut.keys()].toSorted(),
    problems: listing.problems,
    outOfSight: listing.outOfSight,
    notCheckedOut,
    fingerprint: digestOf(listing),
    rootSignature: rootSignature(listing),
    signature: (path) => signatureOf(byPath.get(path) ?? null),
    read: async (path) => notCheckedOut.get(path) ?? readListed(byPath.get(path) ?? null),
    followSymlinks: (path) => followSymlinks(root, path),
    foldersFitting: (patterns) => foldersOnDisk(root, patterns, memory),
    lookAtFolders: (paths) => lookAtFolders(root, paths),
  };
}

/**
 * What changes with the files alone, and the folders that the patterns fit: no file is read. Null where `memory` does not know
 * the patterns of the root scope's file as it is now.
 */
export async function lookAgain(
  root: string,
  memory: ScanMemory,
): Promise<{ readonly fingerprint: string; readonly folders: readonly ScopePath[] } | null> {
  const listing = await listFiles(root, memory);
  const patterns = memory.splitOf(rootSignature(listing));
  if (patterns === null) return null;
  return { fingerprint: digestOf(listing), folders: await foldersOnDisk(root, patterns, memory) };
}

/** Of the root scope's file, in which the patterns stand. */
function rootSignature({ files, notCheckedOut }: Pick<Listing, 'files' | 'notCheckedOut'>): string {
  const names: readonly string[] = definitionFiles;
  const onDisk = files
    .filter(({ path }) => names.includes(path))
    .map((file) => signatureOf(file)?.text ?? '');
  const inIndex = notCheckedOut.filter(({ path }) => names.includes(path)).map(({ object }) => object);
  return [...onDisk, ...inIndex].join('\n');
}

async function foldersOnDisk(
  root: string,
  patterns: readonly PathPattern[],
  memory: ScanMemory | null,
): Promise<readonly ScopePath[]> {
  if (patterns.length === 0) return [];
  const list = async (): Promise<readonly ScopePath[]> => {
    const files = await filesBelow(root, rootsOf(patterns));
    return foldersFitting(files, patterns);
  };
  const key = `${root}\n${patterns.map(({ text }) => text).join('\n')}`;
  return memory === null ? list() : memory.folders(key, list);
}

/** Those that Git knows, or would; all where it is not installed, less those that it is told to ignore. */
async function filesBelow(root: string, folders: readonly string[]): Promise<readonly string[]> {
  try {
    const { entries } = await listTree(
      root,
      folders.filter((folder) => folder !== '.').map((folder) => `:(literal)${folder}`),
    );
    return entries.filter(({ kind }) => kind !== 'repository').map(({ path }) => path);
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.code !== 'GIT_MISSING') throw error;
    const { walkFiles } = await import('./walk.ts');
    return walkFiles(root, () => true);
  }
}

/** What is missing on disk may be left out by a sparse checkout: Git is asked once for all of that. */
async function lookAtFolders(root: string, paths: readonly ScopePath[]): Promise<readonly FolderLook[]> {
  const looks = paths.map((path) => lookAtFolder(root, path));
  const missing = paths.filter((_, index) => looks[index]?.kind === 'missing');
  const tracked = new Set(missing.length === 0 ? [] : await trackedAmong(root, missing));
  return looks.map((look, index) => {
    const path = paths[index];
    return path !== undefined && tracked.has(path) ? { kind: 'absent' } : look;
  });
}

/** Where Git cannot tell, none is. */
async function trackedAmong(root: string, paths: readonly ScopePath[]): Promise<readonly ScopePath[]> {
  try {
    const files = await filesBelow(root, paths);
    return paths.filter((path) => files.some((file) => file.startsWith(`${path}/`)));
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    return [];
  }
}

function digestOf({ files, notCheckedOut }: Pick<Listing, 'files' | 'notCheckedOut'>): string {
  const hash = createHash('sha256').update('worktree\n');
  for (const { path, stat } of files) hash.update(`${path}\0${signatureIn(stat)}\n`);
  for (const { path, mode, object } of notCheckedOut) hash.update(`${path}\0${mode} ${object}\n`);
  return hash.digest('hex');
}

/** Null for what is not on disk. */
function signatureOf(file: ListedFile | null): FileSignature | null {
  if (file === null) return null;
  return { text: `${file.realPath}\0${signatureIn(file.stat)}`, changedMs: changedMsOf(file.stat) };
}

async function readListed(file: ListedFile | null): Promise<FileContent> {
  if (file === null) return { ok: false, problem: null };
  const read = await readRegularFileAsync(file.realPath, { bytesMax: scopeFileBytesMax });
  if (read.ok) return read;
  if (read.kind === 'gone') return { ok: false, problem: null };
  const code = read.kind === 'tooLarge' ? 'FILE_TOO_LARGE' : 'UNREADABLE_FILE';
  return { ok: false, problem: errorAt(code, wholeFile(file.path), `cannot be read: ${read.problem}`) };
}

function followSymlinks(root: string, path: ScopePath): ScopePath | null {
  try {
    const target = realpathSync.native(join(root, path));
    const parsed = parseScopePath(relative(root, target).split(sep).join('/') || '.');
    return isInside(root, target) && parsed.ok ? parsed.value : null;
  } catch {
    return null;
  }
}
