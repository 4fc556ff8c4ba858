import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseScopePath, type ScopePath } from '../../core/index.ts';
import { changedMsOf, signatureIn } from './folder-record.ts';
import { isInside } from '../git/inside.ts';
import { listFiles, type ListedFile, type Listing } from './list-files.ts';
import { scopeFileBytesMax } from '../limits.ts';
import { errorAt, wholeFile } from './problems.ts';
import { readRegularFileAsync } from '../git/regular-file.ts';
import { readFromIndex } from './sparse.ts';
import type { ScanMemory } from './scan-memory.ts';
import type { FileContent, FileSignature, Tree } from './tree.ts';

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
    signature: (path) => signatureOf(byPath.get(path) ?? null),
    read: async (path) => notCheckedOut.get(path) ?? readListed(byPath.get(path) ?? null),
    followSymlinks: (path) => followSymlinks(root, path),
  };
}

/** The fingerprint alone, without reading any file. */
export async function workingTreeFingerprint(root: string, memory: ScanMemory | null): Promise<string> {
  return digestOf(await listFiles(root, memory));
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
