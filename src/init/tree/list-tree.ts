import { listTree, runGit, type TreeEntry, type UnopenedFolder } from '../../repository/index.ts';
import { warning, type Notices } from '../notices.ts';
import { noteLinksOut } from './symlinks.ts';
import { RepositoryTree } from './tree.ts';

/** Lists a working tree by Git. */
export async function openTree(root: string, notices: Notices): Promise<RepositoryTree> {
  const { entries, unopened } = await listTree(root);
  noteUnopened(unopened, notices);
  noteSkipped(entries, notices);
  noteLinksOut(
    root,
    entries.filter(mayBeLink).map(({ path }) => path),
    notices,
  );
  return new RepositoryTree(
    root,
    entries.filter(isFile).map(({ path, kind }) => ({ path, isTracked: kind === 'file' })),
    notices,
  );
}

/** Whether it is on disk, and may be looked at: an untracked symlink is told apart later. */
function isFile({ kind, leftOut }: TreeEntry): boolean {
  return (kind === 'file' && !leftOut) || kind === 'untracked';
}

/** Git tells of the others what they are. */
function mayBeLink({ kind }: TreeEntry): boolean {
  return kind === 'symlink' || kind === 'untracked';
}

/** What was derived from it before would else be taken for gone. */
function noteUnopened(unopened: readonly UnopenedFolder[], notices: Notices): void {
  for (const { file, message } of unopened) notices.addGap(warning('FILE_UNREADABLE', { file }, message));
}

function noteSkipped(entries: readonly TreeEntry[], notices: Notices): void {
  for (const { kind, path } of entries)
    if (kind === 'submodule')
      notices.add(
        warning(
          'SUBMODULE_SKIPPED',
          { file: path },
          'is a submodule: not entered, run rhema init inside of it',
        ),
      );
    else if (kind === 'repository')
      notices.add(
        warning('REPOSITORY_SKIPPED', { file: path }, 'is a Git repository of its own: not entered'),
      );
  const absent = entries.filter(({ kind, leftOut }) => kind === 'file' && leftOut).length;
  if (absent === 0) return;
  const message = `this checkout is sparse: ${absent === 1 ? '1 file that is not on disk was' : `${absent} files that are not on disk were`} not looked at, and nothing is taken away`;
  notices.addAbsence(warning('SPARSE_CHECKOUT', null, message));
}

/** Those of some files that Git would ignore if they were made. To look each of them up in the index as well would take seconds. */
export async function ignoredFiles(root: string, files: readonly string[]): Promise<Set<string>> {
  const input = files.map((file) => `${file}\0`).join('');
  try {
    const output = await runGit({ cwd: root, args: ['check-ignore', '-z', '--stdin', '--no-index'], input });
    return new Set(
      output
        .toString('utf8')
        .split('\0')
        .filter((file) => file !== ''),
    );
  } catch (error) {
    // This is how Git says that it ignores none of them.
    if ((error as { readonly code?: unknown }).code === 'GIT_FAILED') return new Set();
    throw error;
  }
}
