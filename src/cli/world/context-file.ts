import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile, repositoryPath, type Repository } from '../../repository/index.ts';
import { named, quote, type ScopePath } from '../../core/index.ts';

/** Far more than any text, so that also what is too large to be checked can be compared with what was recorded. */
const comparedBytesMax = 64 * 1024 * 1024;

/** What is at the place of a context file. */
export type ContextFileLook =
  | {
      readonly kind: 'read';
      /** Where it really lies, if links lead there. */
      readonly path: ScopePath;
      readonly bytes: Uint8Array;
      /** SHA-256 in hex. */
      readonly digest: string;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unread'; readonly rule: string; readonly message: string };

/** Follows links inside the repository, and opens nothing that is no regular file. */
export function lookAtContextFile({ worktree }: Repository, path: ScopePath): ContextFileLook {
  if (worktree === null) return { kind: 'gone' };
  if (isMissing(join(worktree, path))) return { kind: 'gone' };
  const real = repositoryPath(worktree, worktree, path);
  if (!real.ok) return unread('SYMLINK_OUTSIDE', ledOut(worktree, path));
  const file = readRegularFile(join(worktree, real.value), { bytesMax: comparedBytesMax });
  if (file.ok) {
    const digest = createHash('sha256').update(file.bytes).digest('hex');
    return { kind: 'read', path: real.value, bytes: file.bytes, digest };
  }
  if (file.kind === 'gone') return { kind: 'gone' };
  const rule = file.kind === 'tooLarge' ? 'FILE_TOO_LARGE' : 'UNREADABLE_FILE';
  const remedy = file.kind === 'unreadable' ? 'make it readable' : 'put a text file in its place';
  return unread(rule, `cannot be read: ${quote(file.problem, 300).slice(1, -1)}; ${remedy}`);
}

function ledOut(worktree: string, path: ScopePath): string {
  const parts = path.split('/');
  const folder = parts
    .map((_, end) => parts.slice(0, end).join('/'))
    .find((above) => above !== '' && isLink(join(worktree, above)));
  if (folder === undefined) return 'leads out of the repository: replace the link by a file';
  return linkedFolderText(folder);
}

/** The same of all files behind it. */
export function linkedFolderText(folder: string): string {
  return named(folder) + behindLink;
}

const behindLink =
  ' is a symlink that leads out of the repository, and what is behind it is not read: replace it by the folder';

/** Whether a message is a {@link linkedFolderText}. */
export function isOfFolder(message: string): boolean {
  return message.endsWith(behindLink);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Most scopes have few of the files that are looked for: following the links to where one is not takes ten times as long. */
function isMissing(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

const unread = (rule: string, message: string): ContextFileLook => ({ kind: 'unread', rule, message });
