import { submoduleMode, symlinkMode } from './file-modes.ts';
import { runGit, withoutGitVariables } from './git.ts';
import { unopenedFolders, type UnopenedFolder } from './unopened.ts';

/** Something of a working tree, tracked or not, that Git does not ignore. */
export interface TreeEntry {
  /** Repository-relative, forward slashes. */
  readonly path: string;
  /** `untracked`: a file, or a symlink. `repository`: another one inside that is not tracked. */
  readonly kind: 'file' | 'symlink' | 'submodule' | 'untracked' | 'repository';
  /** Null: not tracked. */
  readonly index: IndexEntry | null;
  /** Git does not expect it on disk: a sparse checkout leaves it out. */
  readonly leftOut: boolean;
}

/** A tracked file, as Git's index has it. */
export interface IndexEntry {
  readonly path: string;
  /** Git's own: what kind of file it is. */
  readonly mode: string;
  /** The id of its content. */
  readonly object: string;
}

export interface TreeListing {
  /** A file in conflict is among them once for each side. */
  readonly entries: readonly TreeEntry[];
  readonly unopened: readonly UnopenedFolder[];
}

/**
 * Lists a working tree by Git, or what fits one of the patterns, from its top.
 *
 * @throws RepositoryError GIT_MISSING, or GIT_FAILED when Git refuses.
 */
export async function listTree(root: string, patterns: readonly string[] = []): Promise<TreeListing> {
  const unopened: UnopenedFolder[] = [];
  const output = await runGit({
    cwd: root,
    args: [...lsFiles, '--', ...patterns],
    env: withoutGitVariables(),
    onWarning: (said) => unopened.push(...unopenedFolders(said)),
  });
  return { entries: output.toString('utf8').split('\0').flatMap(parseEntry), unopened };
}

const lsFiles = ['ls-files', '-z', '-s', '-t', '--cached', '--others', '--exclude-standard'];

/** `tag mode object stage<TAB>path` for what is tracked, `? path` for the rest, with a slash after a repository. */
function parseEntry(text: string): TreeEntry[] {
  const untracked = /^\? (.+)$/s.exec(text);
  if (untracked !== null) return [untrackedEntry(untracked[1] ?? '')];
  const tracked = /^(\S) (\d+) ([0-9a-f]+) \d\t(.+)$/s.exec(text);
  if (tracked === null) return [];
  const [, tag, mode = '', object = '', path = ''] = tracked;
  return [{ path, kind: kindOf(mode), index: { path, mode, object }, leftOut: tag === 'S' }];
}

function untrackedEntry(path: string): TreeEntry {
  const outside = { index: null, leftOut: false };
  return path.endsWith('/')
    ? { path: path.slice(0, -1), kind: 'repository', ...outside }
    : { path, kind: 'untracked', ...outside };
}

function kindOf(mode: string): TreeEntry['kind'] {
  if (mode === symlinkMode) return 'symlink';
  return mode === submoduleMode ? 'submodule' : 'file';
}
