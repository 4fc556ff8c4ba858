/** Definition files that a sparse checkout leaves out: they are scopes like any other, so Git's index is read for them. */
import type { ScopeProblem } from '../../protocol/index.ts';
import { blobSizes, objectsHere, readBlobs, type AskGit } from '../git/blobs.ts';
import { RepositoryError, type RepositoryErrorCode } from '../errors.ts';
import { symlinkMode } from '../git/file-modes.ts';
import { runGit, withoutGitVariables } from '../git/git.ts';
import { scopeFileBytesMax, tooLargeMessage } from '../limits.ts';
import type { IndexEntry } from '../git/ls-files.ts';
import { errorAt, wholeFile } from './problems.ts';
import type { FileContent } from './tree.ts';

/** Long enough for the slowest disk; a network must not hold up whoever waits for the scopes. */
const gitCallMaxMs = 10_000;

/** Where Git cannot give a file's content, that is an answer about the file; it does not stop the scan. */
const refusals: ReadonlySet<RepositoryErrorCode> = new Set(['GIT_FAILED', 'GIT_SILENT']);

/** What the index has of each file. In a partial clone the content may be on its server alone: then that is the answer. */
export async function readFromIndex(
  root: string,
  files: readonly IndexEntry[],
): Promise<ReadonlyMap<string, FileContent>> {
  // The variable keeps a Git that knows it from fetching; `objectsHere` does so for the others.
  const env = { ...withoutGitVariables(), GIT_NO_LAZY_FETCH: '1' };
  const ask: AskGit = (call) => runGit({ cwd: root, env, timeoutMs: gitCallMaxMs, ...call });
  const regular = files.filter(({ mode }) => mode !== symlinkMode);
  try {
    const here = await objectsHere(
      ask,
      regular.map(({ object }) => object),
    );
    const sizes = await blobSizes(ask, here);
    const wanted = [...sizes].filter(([, size]) => size <= scopeFileBytesMax).map(([object]) => object);
    const contents = await readBlobs(ask, wanted);
    return new Map(files.map((file) => [file.path, contentOf(file, sizes, contents)]));
  } catch (error) {
    if (!(error instanceof RepositoryError) || !refusals.has(error.code)) throw error;
    return new Map(files.map(({ path }) => [path, notThere(path, error.message)]));
  }
}

function contentOf(
  { path, mode, object }: IndexEntry,
  sizes: ReadonlyMap<string, number>,
  contents: ReadonlyMap<string, Uint8Array>,
): FileContent {
  const [size, bytes] = [sizes.get(object), contents.get(object)];
  if (bytes !== undefined) return { ok: true, bytes };
  if (mode === symlinkMode) return refused('SYMLINK_OUTSIDE', path, linkMessage);
  if (size !== undefined && size > scopeFileBytesMax)
    return refused('FILE_TOO_LARGE', path, tooLargeMessage(size));
  return notThere(path, notHere);
}

const notHere = 'it is not in this clone (a partial clone leaves it on its server until it is asked for)';

const linkMessage =
  'is a symlink, which is not followed where a sparse checkout leaves it out: replace it by a file';

function notThere(path: string, reason: string): FileContent {
  const message = `is left out by this sparse checkout, and Git cannot give it: ${reason}; git sparse-checkout add its folder`;
  return refused('UNREADABLE_FILE', path, message);
}

function refused(
  code: 'SYMLINK_OUTSIDE' | 'FILE_TOO_LARGE' | 'UNREADABLE_FILE',
  path: string,
  message: string,
): { readonly ok: false; readonly problem: ScopeProblem } {
  return { ok: false, problem: errorAt(code, wholeFile(path), message) };
}
