/** What was changed together so far: by that one sees how many scopes somebody needs at once, and who would have waited for whom. */
import { filesOfCommits } from './files-of-commits.ts';
import { runGit, withoutGitVariables } from './git.ts';

const gitCallMaxMs = 5_000;
/** Of a commit with more files nobody has written each by hand. */
const filesMax = 1_000;
/** Commits that are looked at, to find enough of those that are wanted. */
const lookedAtFactor = 4;

export interface PastCommit {
  readonly id: string;
  readonly authoredAtMs: number;
  /** As Git has them, with `/`: those that it added, changed or removed; a renamed one under both names. */
  readonly files: readonly string[];
}

export interface History {
  /** The latest first. */
  readonly commits: readonly PastCommit[];
  /** What is older than some point is not here. */
  readonly isShallow: boolean;
  /** Commits among those that were looked at that are left out, by what they are. */
  readonly leftOut: { readonly byBots: number; readonly tooLarge: number };
}

/**
 * What somebody has done in a repository that was there: the last commits that lead to HEAD, without those of bots, merges, the one that
 * began it (or stands where history is cut off, and looks as if it had made everything), those that change nothing, and those that
 * change more than {@link filesMax} files. Null where there is no history, or Git does not tell it in time. `max`: how many, at most.
 */
export async function readHistory(root: string, max: number): Promise<History | null> {
  try {
    const isShallow = (await ask(root, ['rev-parse', '--is-shallow-repository'])).startsWith('true');
    const heads = await listCommits(root, max * lookedAtFactor);
    if (heads.length === 0) return null;
    const changes = heads.filter(({ parents }) => parents.length > 0);
    const ofPeople = changes.filter(({ author }) => !isBot(author));
    const read = await readUntil(root, ofPeople, max);
    const commits = read.filter(isTaken).slice(0, max);
    // What is older than the last of them nobody asked about.
    const end = commits.length < max ? changes.length : placeOf(commits.at(-1), changes) + 1;
    const passed = new Set(changes.slice(0, end).map(({ id }) => id));
    const byBots = changes.slice(0, end).filter(({ author }) => isBot(author)).length;
    const tooLarge = read.filter(({ id, files }) => passed.has(id) && files.length > filesMax).length;
    return { commits, isShallow, leftOut: { byBots, tooLarge } };
  } catch {
    return null;
  }
}

/** A commit may change nothing, or be too large. */
const isTaken = ({ files }: PastCommit): boolean => files.length > 0 && files.length <= filesMax;

const placeOf = (commit: PastCommit | undefined, heads: readonly Head[]): number =>
  heads.findIndex(({ id }) => id === commit?.id);

/** Until so many are found that can be taken. */
async function readUntil(root: string, heads: readonly Head[], max: number): Promise<PastCommit[]> {
  const read: PastCommit[] = [];
  for (let at = 0; at < heads.length && read.filter(isTaken).length < max; at += max)
    read.push(...(await readFiles(root, heads.slice(at, at + max))));
  return read;
}

interface Head {
  readonly id: string;
  readonly parents: readonly string[];
  readonly authoredAtMs: number;
  readonly author: string;
}

async function ask(root: string, args: readonly string[], input?: string): Promise<string> {
  const call = { cwd: root, args, timeoutMs: gitCallMaxMs, env: withoutGitVariables() };
  return (await runGit(input === undefined ? call : { ...call, input })).toString('utf8');
}

async function listCommits(root: string, max: number): Promise<Head[]> {
  const format = '--format=%H%x09%P%x09%at%x09%ae %an';
  const output = await ask(root, ['rev-list', '--no-merges', `--max-count=${max}`, format, 'HEAD']);
  return output.split('\n').flatMap((line) => {
    const [id = '', parents, authoredAt, author = ''] = line.split('\t', 4);
    if (parents === undefined) return [];
    return {
      id,
      parents: parents.split(' ').filter((one) => one !== ''),
      authoredAtMs: Number(authoredAt) * 1_000,
      author,
    };
  });
}

/** Coding agents do work of the kind that is coordinated, whatever they are called. */
const codingAgents = /copilot|claude|codex|cursor|devin|jules/i;
const bots =
  /(?:^|[^a-z])bot(?:[^a-z]|$)|renovate|dependabot|greenkeeper|github-actions|pre-commit-ci|semantic-release|weblate/i;

function isBot(author: string): boolean {
  return bots.test(author) && !codingAgents.test(author);
}

async function readFiles(root: string, heads: readonly Head[]): Promise<PastCommit[]> {
  const files = await filesOfCommits(
    heads.map(({ id }) => id),
    (args, input) => ask(root, args, input),
  );
  return heads.map(({ id, authoredAtMs }) => ({ id, authoredAtMs, files: files.get(id) ?? [] }));
}
