/** Where one Git repository lives. All paths are absolute and free of symlinks, so equal means same. */
export interface Repository {
  /** Top folder of the caller's working tree (from inside a Git folder: of its tree); null where there is none. */
  readonly worktree: string | null;
  /** The Git folder of that working tree. */
  readonly gitDir: string;
  /** The Git folder that all working trees of the repository share. */
  readonly commonDir: string;
  /** Top folder of the main working tree; null when there is none, or when it cannot be told where it is. */
  readonly mainWorktree: string | null;
  readonly bare: boolean;
}

/** What decides which repository is meant; the environment's names are Git's own. */
export interface RepositoryHints {
  /** The folder to start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * The folder was chosen (`-C`, `--repo`), not merely where the caller happened to be: that outranks the repository that the
   * environment names, as it does in every hook.
   */
  readonly isChosen?: boolean;
}
