/** What Git knows of a file that is not as it should be: whether Git itself, or somebody by way of it, has made it so. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import type { Repository } from './folders.ts';
import { runGit, withoutGitVariables } from './git.ts';

/** As Git's index has a file. `under way`: a merge, a rebase or the like is, or both sides of one are in the index. */
export type IndexEvidence = 'under way' | 'other' | 'same' | 'missing' | 'sparse';

/** What tells in a Git folder that somebody is in the middle of something. */
const operations = [
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'rebase-merge',
  'rebase-apply',
  'index.lock',
];

/**
 * `same`: the index has what lies in the working tree; `other`: it has another content, or has the file where none lies.
 *
 * @throws RepositoryError GIT_MISSING, GIT_FAILED or GIT_SILENT.
 */
export async function indexEvidence(
  { commonDir }: Pick<Repository, 'commonDir'>,
  worktree: string,
  path: ScopePath,
  bytes: Uint8Array | null,
): Promise<IndexEvidence> {
  const isUnderWay = operations.some(
    (name) => lstatSync(join(commonDir, name), { throwIfNoEntry: false }) !== undefined,
  );
  if (isUnderWay) return 'under way';
  const git = async (args: readonly string[], input?: Uint8Array): Promise<string> => {
    const call = { cwd: worktree, args, env: withoutGitVariables() };
    return (await runGit(input === undefined ? call : { ...call, input })).toString('utf8');
  };
  const said = await git(['ls-files', '-z', '-s', '-t', '--', `:(literal)${path}`]);
  const entries = said.split('\0').filter((entry) => entry !== '');
  const [first, ...more] = entries;
  if (first === undefined) return 'missing';
  const [, tag, object, stage] = /^(\S) \d+ ([0-9a-f]+) (\d)\t/.exec(first) ?? [];
  if (more.length > 0 || stage !== '0' || object === undefined) return 'under way';
  if (tag !== 'H') return 'sparse';
  if (bytes === null) return 'other';
  return (await git(['hash-object', '--stdin'], bytes)).trim() === object ? 'same' : 'other';
}
