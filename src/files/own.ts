/**
 * What is opened, made, replaced, emptied or dialled below a Git folder, a temporary folder or a runtime folder belongs to
 * this user, and no symbolic link is followed to it. A repository may come in an archive, and a temporary folder is everybody's:
 * what lies there must not decide which file of the user is written, and whose process is told a secret.
 *
 * The folder comes first: a real folder of the user's that nobody else may write to. In it nobody but the user can put a
 * thing in the place of another between a look and a step. Files are looked at once they are open all the same.
 *
 * Root may act for the user whose repository it is (sudo, a container): what belongs to the owner of the folder that it
 * lies in counts as root's own there, and what root makes is given to that owner, who would be shut out else.
 */
import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

/** Something is in the place of a thing of this user's that is not one, or is not his alone. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
  readonly path: string;

  constructor(path: string, problem: string, remedy: string) {
    super(`${path} ${problem}: ${remedy}`);
    this.path = path;
  }
}

/** What a thing is expected to be. */
export type Kind = 'folder' | 'file' | 'socket' | 'pipe';

const isOfKind: Readonly<Record<Kind, (found: Stats) => boolean>> = {
  folder: (found) => found.isDirectory(),
  file: (found) => found.isFile(),
  socket: (found) => found.isSocket(),
  pipe: (found) => found.isFIFO(),
};

/** Throws {@link PathRefused} unless what was found is of the kind and this user's. */
export function refuseUnlessOwn(path: string, found: Stats, kind: Kind): void {
  if (found.isSymbolicLink())
    throw new PathRefused(path, 'is a symbolic link', 'move away what is in its place');
  if (!isOfKind[kind](found))
    throw new PathRefused(path, `is not a ${kind}`, 'move away what is in its place');
  if (!isOwn(path, found.uid))
    throw new PathRefused(
      path,
      `belongs to another user (uid ${found.uid})`,
      'run this as its owner, or move it away',
    );
}

/** Whether what lies at a path and belongs to somebody counts as this user's own. */
export function isOwn(path: string, uid: number): boolean {
  const own = process.geteuid?.();
  return own === undefined || own === uid || (own === 0 && uid === lstatSync(dirname(path)).uid);
}

/** To whom root gives what it makes at a path; null: it is the user's own already. */
export function newOwnerOf(path: string): { readonly uid: number; readonly gid: number } | null {
  if (process.geteuid?.() !== 0) return null;
  const { uid, gid } = lstatSync(dirname(path));
  return uid === 0 ? null : { uid, gid };
}

/** Null when there is nothing; another refusal of the system is thrown. */
export function lookAt(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}
