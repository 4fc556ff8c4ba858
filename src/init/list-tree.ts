import { runGit, unopenedFolders } from '../context/index.ts';
import { warning, type Notices } from './notices.ts';
import { noteLinksOut } from './symlinks.ts';
import { RepositoryTree } from './tree.ts';

/** Lists a working tree by Git. */
export async function openTree(root: string, notices: Notices): Promise<RepositoryTree> {
  const args = ['ls-files', '-z', '-s', '-t', '--cached', '--others', '--exclude-standard'];
  const output = await runGit({ cwd: root, args, onWarning: (said) => noteUnopened(said, notices) });
  const entries = output.toString('utf8').split('\0').flatMap(parseEntry);
  noteSkipped(entries, notices);
  noteLinksOut(
    root,
    entries.filter(mayBeLink).map(({ path }) => path),
    notices,
  );
  return new RepositoryTree(
    root,
    entries.filter(({ kind }) => kind === 'file' || kind === 'untracked').map(({ path }) => path),
    notices,
  );
}

interface Entry {
  /** `untracked`: a file, or a symlink. */
  readonly kind: 'file' | 'untracked' | 'symlink' | 'submodule' | 'repository' | 'sparse';
  readonly path: string;
}

/** `tag mode object stage<TAB>path` for what is tracked, `? path` for the rest, with a slash after a repository. */
function parseEntry(text: string): Entry[] {
  const untracked = /^\? (.+)$/s.exec(text);
  if (untracked !== null) return [untrackedEntry(untracked[1] ?? '')];
  const tracked = /^(\S) (\d+) [0-9a-f]+ \d\t(.+)$/s.exec(text);
  if (tracked === null) return [];
  const [, tag = '', mode = '', path = ''] = tracked;
  if (mode === '160000') return [{ kind: 'submodule', path }];
  if (mode === '120000') return [{ kind: 'symlink', path }];
  return [{ kind: tag === 'S' ? 'sparse' : 'file', path }];
}

function untrackedEntry(path: string): Entry {
  return path.endsWith('/') ? { kind: 'repository', path: path.slice(0, -1) } : { kind: 'untracked', path };
}

/** Git tells of the others what they are. */
function mayBeLink({ kind }: Entry): boolean {
  return kind === 'symlink' || kind === 'untracked';
}

/** What was derived from it before would else be taken for gone. */
function noteUnopened(said: string, notices: Notices): void {
  for (const { file, message } of unopenedFolders(said))
    notices.addGap(warning('FILE_UNREADABLE', { file }, message));
}

function noteSkipped(entries: readonly Entry[], notices: Notices): void {
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
  const absent = entries.filter(({ kind }) => kind === 'sparse').length;
  if (absent === 0) return;
  const message = `this checkout is sparse: ${absent} files that are not on disk were not looked at, and nothing is taken away`;
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
