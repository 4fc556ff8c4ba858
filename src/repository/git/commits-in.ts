/** Commits that are to be judged: when each was made, which agent it says it is of, and what it changes. */
import { filesOfCommits } from './files-of-commits.ts';
import { commitOf, endsOf } from './files-between.ts';
import { runGit, withoutGitVariables } from './git.ts';

export interface CommitMade {
  readonly id: string;
  /** By its committer's clock, as Git keeps it: in whole seconds, rounded down. */
  readonly committedAtMs: number;
  /** The first line of its message. */
  readonly subject: string;
  /** As its trailers `Rhema-Agent` and `Rhema-Token` say; null: they name none. */
  readonly agent: string | null;
  readonly tokens: readonly number[];
}

export interface CommitsWish {
  /** `A..B` or `A...B`, where an end that is left out is HEAD; or one commit, for that with all that led to it. */
  readonly range: string;
  /** Without what remotes have, as far as is known here. */
  readonly notOnRemotes?: boolean;
  /** Without what other branches have than this one; HEAD: than the one that is checked out. */
  readonly onlyOnBranch?: string;
  /** Without these and what led to them, where they are known here. */
  readonly without?: readonly string[];
  /** No more than the one at its end. */
  readonly newestOnly?: boolean;
}

/**
 * The commits of a range, the newest first. Null: that is no range of commits here. `root`: a working tree, or a Git folder.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function commitsIn(root: string, wish: CommitsWish): Promise<readonly CommitMade[] | null> {
  const ask = askerIn(root);
  const ends = await endsOf(ask, wish.range);
  const last = ends?.last ?? (await commitOf(ask, wish.range));
  if (last === null) return null;
  const known = await Promise.all((wish.without ?? []).map((id) => commitOf(ask, id)));
  const without = [
    ...(ends === null ? [] : [`^${ends.first}`]),
    ...known.flatMap((id) => (id === null ? [] : [`^${id}`])),
    ...(wish.newestOnly === true ? ['--max-count=1'] : []),
    ...(await elsewhere(ask, wish)),
  ];
  const said = await ask('rev-list', `--format=${format}`, last, ...without);
  return said.split('\n').flatMap((line) => commitIn(line) ?? []);
}

/** Without what is in other places, too. */
async function elsewhere(ask: Ask, { notOnRemotes, onlyOnBranch }: CommitsWish): Promise<readonly string[]> {
  const remotes = notOnRemotes === true ? ['--remotes'] : [];
  const branches =
    onlyOnBranch === undefined ? [] : [`--exclude=${await branchNamed(ask, onlyOnBranch)}`, '--branches'];
  return remotes.length + branches.length === 0 ? [] : ['--not', ...remotes, ...branches];
}

/** Without a branch HEAD is itself. */
async function branchNamed(ask: Ask, name: string): Promise<string> {
  if (name !== 'HEAD') return name;
  return (await ask('rev-parse', '--symbolic-full-name', 'HEAD')).trim().replace(/^refs\/heads\//, '');
}

type Ask = (...args: string[]) => Promise<string>;

/** Of each commit what it changes; of a merge what is as in none of its parents. */
export function filesOf(root: string, ids: readonly string[]): ReturnType<typeof filesOfCommits> {
  const env = withoutGitVariables();
  return filesOfCommits(ids, async (args, input) =>
    (await runGit({ cwd: root, args, input, env })).toString('utf8'),
  );
}

const askerIn =
  (root: string): Ask =>
  async (...args) =>
    (await runGit({ cwd: root, args, env: withoutGitVariables() })).toString('utf8');

const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x20)`;
const format = ['%H', '%ct', trailer('Rhema-Agent'), trailer('Rhema-Token'), '%s'].join('%x09');

/** Null: it is the line that Git sets before each. */
function commitIn(line: string): CommitMade | null {
  const [id = '', seconds, agent = '', tokens = '', ...subject] = line.split('\t');
  if (seconds === undefined) return null;
  return {
    id,
    committedAtMs: Number(seconds) * 1_000,
    subject: subject.join('\t'),
    agent: agent.trim() === '' ? null : agent.trim(),
    tokens: tokens.split(' ').flatMap((text) => (/^\d{1,15}$/.test(text) ? [Number(text)] : [])),
  };
}
