/** What was changed together so far: by that one sees how many scopes somebody needs at once. */
import { runGit } from '../repository/index.ts';

/** Enough to tell what is usual, few enough to be read within a second or two. */
const commitsMax = 500;
const gitCallMaxMs = 5_000;
/** Of a commit with more files nobody has written each by hand. */
const filesMax = 1_000;

/**
 * The files of the last commits, the latest first, without merges and without those that change more than {@link filesMax}. Null where
 * there is no history, or Git does not tell it in time.
 */
export async function recentCommits(root: string): Promise<readonly (readonly string[])[] | null> {
  try {
    const ask = (args: readonly string[], input?: string): Promise<Buffer> =>
      runGit({ cwd: root, args, timeoutMs: gitCallMaxMs, ...(input === undefined ? {} : { input }) });
    const commits = await ask(['rev-list', '--no-merges', `--max-count=${commitsMax}`, 'HEAD']);
    if (commits.length === 0) return null;
    const diff = ['diff-tree', '--stdin', '--root', '-r', '-z', '--name-only', '--no-renames'];
    const output = await ask(diff, commits.toString('utf8'));
    return commitsIn(output.toString('utf8')).filter((files) => files.length > 0 && files.length <= filesMax);
  } catch {
    return null;
  }
}

/** The id of each commit, a line, and the paths of its files. */
function commitsIn(output: string): string[][] {
  const commits: string[][] = [];
  for (const text of output.split('\0')) {
    const head = /^([0-9a-f]{40,64})\n?/.exec(text);
    if (head !== null) commits.push([]);
    const path = head === null ? text : text.slice(head[0].length);
    if (path !== '') commits.at(-1)?.push(path);
  }
  return commits;
}
