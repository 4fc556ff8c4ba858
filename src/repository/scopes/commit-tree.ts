import { createHash } from 'node:crypto';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { blobSizes, objectsHere, readBlobs, type AskGit } from '../git/blobs.ts';
import { RepositoryError } from '../errors.ts';
import { symlinkMode } from '../git/file-modes.ts';
import { foldersFitting } from './folders-fitting.ts';
import { isInstalled } from '../installed.ts';
import { runGit, withoutGitVariables } from '../git/git.ts';
import { scopeFileBytesMax, tooLargeMessage } from '../limits.ts';
import { errorAt, wholeFile } from './problems.ts';
import type { FileContent, FolderLook, Tree } from './tree.ts';

/** The definition files of the commit that HEAD names; none where there is no commit yet. */
export async function openHeadTree(gitDir: string): Promise<Tree> {
  const commit = await headCommit(gitDir);
  const lines = commit === null ? [] : await listLines(gitDir, commit);
  const entries = lines.flatMap(parseEntry);
  const ask: AskGit = ({ args, input }) => gitIn(gitDir, args, input);
  const { blobs, problems } = sortOut(entries, await sizesOf(ask, entries));
  const contents = await readBlobs(
    ask,
    blobs.map(({ object }) => object),
  );
  const byPath = new Map(blobs.map(({ path, object }) => [path, contents.get(object)]));
  return {
    root: null,
    paths: blobs.map(({ path }) => path),
    problems,
    // What of these is no file that can be read may say what nobody knows.
    outOfSight: problems.flatMap(({ file }) => file ?? []),
    notCheckedOut: new Map(),
    fingerprint: fingerprintOf(commit),
    signature: () => null,
    read: async (path) => contentOf(byPath.get(path)),
    rootSignature: fingerprintOf(commit),
    // A link in a commit is only text.
    followSymlinks: () => null,
    foldersFitting: async (patterns) => foldersFitting(pathsIn(lines), patterns),
    lookAtFolders: async (paths) => looksIn(lines, paths),
  };
}

export async function headFingerprint(gitDir: string): Promise<string> {
  return fingerprintOf(await headCommit(gitDir));
}

function fingerprintOf(commit: string | null): string {
  return createHash('sha256')
    .update(`head\n${commit ?? ''}`)
    .digest('hex');
}

function contentOf(bytes: Uint8Array | undefined): FileContent {
  return bytes === undefined ? { ok: false, problem: null } : { ok: true, bytes };
}

async function headCommit(gitDir: string): Promise<string | null> {
  try {
    return (await gitIn(gitDir, ['rev-parse', '--verify', '--quiet', 'HEAD'])).toString('utf8').trim();
  } catch (error) {
    if (isUnborn(error)) return null;
    throw error;
  }
}

/** HEAD names a branch without commits: with these flags Git then ends with 1, and with 128 when it refuses to look. */
function isUnborn(error: unknown): boolean {
  if (!(error instanceof RepositoryError) || error.code !== 'GIT_FAILED') return false;
  return (error.cause as { readonly code?: unknown }).code === 1;
}

function gitIn(gitDir: string, args: readonly string[], input?: string | Uint8Array): Promise<Buffer> {
  const env = { ...withoutGitVariables(), GIT_DIR: gitDir };
  return runGit({ cwd: gitDir, args, env, ...(input === undefined ? {} : { input }) });
}

interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly path: string;
}

async function listLines(gitDir: string, commit: string): Promise<string[]> {
  // Not with sizes: in a partial clone Git would fetch every file of the commit to tell them.
  const output = await gitIn(gitDir, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  return output.toString('utf8').split('\0');
}

function pathsIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line === '' ? [] : [line.slice(line.indexOf('\t') + 1)]));
}

function looksIn(lines: readonly string[], folders: readonly ScopePath[]): FolderLook[] {
  if (folders.length === 0) return [];
  const files = new Set(pathsIn(lines).map((file) => file.normalize('NFC')));
  const there = new Set<string>(['.']);
  for (const file of files)
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      if (there.has(file.slice(0, end))) break;
      there.add(file.slice(0, end));
    }
  const spelled = new Map([...there].map((folder) => [folder.toLowerCase(), folder]));
  return folders.map((folder) => {
    if (there.has(folder)) return { kind: 'folder' };
    if (files.has(folder)) return { kind: 'file' };
    const at = spelled.get(folder.toLowerCase());
    return at === undefined ? { kind: 'missing' } : { kind: 'spelled', at };
  });
}

/** `mode type object<TAB>path`; entries of other names are passed over. */
function parseEntry(line: string): Entry[] {
  const match = /^(\d+) blob ([0-9a-f]+)\t((?:.*\/)?(?:rhema|scope)\.yaml)$/s.exec(line);
  if (match === null) return [];
  const [, mode = '', object = '', path = ''] = match;
  return isInstalled(path) ? [] : [{ mode, object, path }];
}

/** Of those that are in this clone: Git is not let fetch others, which is to start programs that its configuration names. */
async function sizesOf(ask: AskGit, entries: readonly Entry[]): Promise<ReadonlyMap<string, number>> {
  const here = await objectsHere(
    ask,
    entries.map(({ object }) => object),
  );
  return blobSizes(ask, here);
}

function sortOut(
  entries: readonly Entry[],
  sizes: ReadonlyMap<string, number>,
): { blobs: Entry[]; problems: ScopeProblem[] } {
  const blobs: Entry[] = [];
  const problems: ScopeProblem[] = [];
  for (const entry of entries) {
    const position = wholeFile(entry.path);
    const size = sizes.get(entry.object);
    if (entry.mode === symlinkMode)
      problems.push(
        errorAt(
          'SYMLINK_OUTSIDE',
          position,
          `is a symlink, which is not followed in a bare repository: replace it by a file`,
        ),
      );
    else if (size === undefined) problems.push(errorAt('UNREADABLE_FILE', position, notHere(entry.object)));
    else if (size > scopeFileBytesMax)
      problems.push(errorAt('FILE_TOO_LARGE', position, tooLargeMessage(size)));
    else blobs.push(entry);
  }
  return { blobs, problems };
}

function notHere(object: string): string {
  return `is not in this clone (a partial clone leaves it on its server until it is asked for): git cat-file -e ${object} fetches it`;
}
