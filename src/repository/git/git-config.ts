/** The few things of a Git configuration file that say where working trees are. */
export interface GitConfig {
  /** Null: not said here. */
  readonly bare: boolean | null;
  /** As written: relative to the Git folder, or absolute. */
  readonly worktree: string | null;
  /** Whether each working tree has a configuration file of its own. */
  readonly worktreeConfig: boolean;
  /** The file uses a feature that only Git understands. */
  readonly needsGit: boolean;
}

/**
 * Reads `core.bare`, `core.worktree` and `extensions.worktreeConfig`; the last one of a key counts, and
 * includes do not: Git, too, reads these keys before it follows any.
 */
export function readGitConfig(text: string): GitConfig {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]*)\]\s*(.*)$/.exec(line);
    if (header !== null) section = (header[1] ?? '').trim().toLowerCase();
    const entry = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*?))?\s*$/.exec(header?.[2] ?? line);
    if (entry !== null) values.set(`${section}.${(entry[1] ?? '').toLowerCase()}`, entry[2] ?? 'true');
  }
  const [worktree, bare, worktreeConfig] = ['core.worktree', 'core.bare', 'extensions.worktreeconfig'].map(
    (key) => values.get(key),
  );
  return {
    bare: asBoolean(bare),
    worktree: worktree ?? null,
    worktreeConfig: asBoolean(worktreeConfig) ?? false,
    // Quotes, escapes and comments behind a value: rare here, and Git's rules for them are long.
    needsGit: [worktree, bare, worktreeConfig].some((value) => value !== undefined && /["\\#;]/.test(value)),
  };
}

function asBoolean(value: string | undefined): boolean | null {
  return value === undefined ? null : /^(?:true|yes|on|[1-9]\d*)$/i.test(value);
}
