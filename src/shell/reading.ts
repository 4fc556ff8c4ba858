/** What a shell command line would do to files and to Git, as far as its text says so. */
export interface ShellReading {
  readonly writes: readonly ShellWrite[];
  readonly reads: readonly ShellRead[];
  readonly git: readonly GitOperation[];
  /** What could not be judged; nothing else was left out but commands that are in no table. */
  readonly unjudged: readonly Unjudged[];
}

/**
 * Something on disk as a command names it. `folder` is where it is named from, and `path` is as typed, without the shell's quotes.
 * Either is relative to where the command line is run (`.`), or begins with `/`, with `~` for the home folder, or with `:/` for the
 * top of the working tree; a name that begins so by itself is given as `./~name`.
 */
export interface NamedPath {
  readonly folder: string;
  readonly path: string;
}

/** `file`: the path alone; `tree`: it may be a folder, and everything below it is meant, too. */
export type Extent = 'file' | 'tree';

export interface ShellWrite extends NamedPath {
  readonly how: Extent;
  /**
   * Where the shell or the command looks for names that match: the pattern, below `path`, with literal characters escaped by `\`. `how` is
   * that of each match. See `matcherOf`.
   */
  readonly pattern: string | null;
  /** If `path` is a folder by then, this name in it is written instead: the target of `mv a b`. */
  readonly inside: string | null;
  /** Where a link lies there, the link is another one then, or gone; else what it leads to is written. */
  readonly replaces: boolean;
  /** The command's name, or the operator of a redirection. */
  readonly command: string;
}

/** A file whose content is shown. */
export interface ShellRead extends NamedPath {
  readonly pattern: string | null;
  readonly command: string;
}

/**
 * What Git does beyond the files that are named to it; those are writes.
 * - `checkout`: HEAD goes elsewhere, and the files with it; `newBranch`: HEAD goes to a new branch, the files stay;
 * - `restore`: files of the whole folder are as in a commit again, also by `checkout .`;
 * - `resetHard`: files and index; `reset`: the index, and HEAD with it; `resetSoft`: HEAD only; `unstage`: index entries of the paths;
 * - `addAll`, `commitAll`: whatever was changed, whoever did it; `addTracked` and `stash` of it what Git knows, `stashAll` new files, too;
 * - `unstash`: what was stashed is put back, also by `stash apply`; of one `entry`, as is `dropStash`;
 * - `branch`: a branch goes elsewhere, or away, and no file with it;
 * - `commit` without paths: whatever is staged;
 * - the others are Git's own words.
 */
export type GitKind =
  | 'add'
  | 'addAll'
  | 'addTracked'
  | 'am'
  | 'apply'
  | 'bisect'
  | 'branch'
  | 'checkout'
  | 'cherry-pick'
  | 'clean'
  | 'commit'
  | 'commitAll'
  | 'dropStash'
  | 'filter-branch'
  | 'merge'
  | 'mv'
  | 'newBranch'
  | 'pull'
  | 'push'
  | 'read-tree'
  | 'rebase'
  | 'reset'
  | 'resetHard'
  | 'resetSoft'
  | 'restore'
  | 'revert'
  | 'rm'
  | 'sparse-checkout'
  | 'stash'
  | 'stashAll'
  | 'submodule'
  | 'unstage'
  | 'unstash'
  | 'worktree';

export interface GitOperation {
  readonly kind: GitKind;
  /** Where it is run, or the working tree that it is told (`-C`, `--work-tree`); null: not known. */
  readonly folder: string | null;
  /** As typed; null: it names none and is of everything. */
  readonly paths: readonly string[] | null;
  /** Whether these are all that it names: others may have names that are known only when it is run. */
  readonly arePathsKnown: boolean;
  /** `git checkout NAME`, as `git reset NAME`, is of a file where no branch has this name. */
  readonly orPath: string | null;
  /** The entry of the stash that is meant, as Git takes it; null: all, or one that is known only when it is run. */
  readonly entry: string | null;
  /** Commits that a branch would have no longer, or in another form; null: none that can be known. */
  readonly drops: DroppedCommits | null;
  /** `--no-verify`, or hooks that are looked for elsewhere (`-c core.hooksPath=`). */
  readonly skipsHooks: boolean;
}

export interface DroppedCommits {
  /** As Git takes it: `HEAD~1..HEAD`. */
  readonly range: string;
  /** Whether of a range that is one commit only that is meant, and not all that led to it. */
  readonly isOne: boolean;
  /** From which branch, by its name, or HEAD. */
  readonly branch: string;
}

/**
 * `variable`, `substitution`: a name that is known only when it is run. `folder`: of a command after a `cd` to such a name.
 * `arguments`: names that come from another command. `interpreter`, `script`: a program of its own. `alias`: a word that Git does not
 * have. `syntax`: no shell command line. `size`: too long, too deep or too much.
 */
export type Why =
  | 'variable'
  | 'substitution'
  | 'folder'
  | 'arguments'
  | 'interpreter'
  | 'script'
  | 'alias'
  | 'syntax'
  | 'size';

export interface Unjudged {
  readonly why: Why;
  readonly command: string;
}
