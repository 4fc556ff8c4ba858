import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath } from '../core/index.ts';
import type { WhyAnswer } from '../protocol/index.ts';
import { indexEvidence, putBack, readRegularFile, type Repository } from '../repository/index.ts';
import { workingFiles } from '../repository/git/index.ts';
import type { Broken } from './safety-watch.ts';

export interface RepairPorts {
  /** Who holds what of a scope. */
  locksOf(scope: ScopePath): Promise<WhyAnswer['locks']>;
  /** The digest that is recorded of a file by now; null: of none. */
  recordedNow(broken: Broken): Promise<string | null>;
}

/**
 * Puts a file right whose last good content is certain. Null where it is not, where somebody holds the file, where Git has
 * made it so, or where it is another one by now.
 */
export async function repairFile(
  repository: Repository,
  worktree: string,
  ports: RepairPorts,
  broken: Broken,
): Promise<string | null> {
  const { path, scope, seen } = broken;
  if (seen.kind === 'unread' || !existsSync(join(worktree, scope))) return null;
  const held = await ports.locksOf(scope);
  if (held.some(({ file }) => file === undefined || (file as string) === path)) return null;
  if (!(await isNobodysWish(repository, worktree, broken))) return null;
  const text = await goodText(repository, worktree, broken);
  if (text === null || !(await isStillRecorded(ports, broken))) return null;
  const tree = { ...repository, gitDir: repository.commonDir, worktree };
  const isBack = await putBack(tree, path, seen.kind === 'read' ? seen.digest : null, text);
  if (!isBack) return null;
  const from =
    broken.good.kind === 'recorded'
      ? `what was recorded at revision ${broken.good.revision}`
      : 'what was in force';
  return seen.kind === 'gone'
    ? `the file was gone, and ${from} was put back`
    : `nobody could read the file, and ${from} was put back; what lay there is kept, see rhema context history`;
}

const isStillRecorded = async (ports: RepairPorts, broken: Broken): Promise<boolean> =>
  broken.good.kind === 'seen' || (await ports.recordedNow(broken)) === broken.good.digest;

async function isNobodysWish(repository: Repository, worktree: string, broken: Broken): Promise<boolean> {
  const { path, seen, isFresh } = broken;
  const read = seen.kind === 'read' ? readRegularFile(join(worktree, path)) : null;
  if (read !== null && !read.ok) return false;
  const evidence = await indexEvidence(repository, worktree, path, read?.bytes ?? null);
  if (evidence === 'other') return true;
  // Of a file that Git does not know only that tells which was there a moment ago.
  return evidence === 'missing' && (seen.kind === 'read' || isFresh);
}

async function goodText(
  repository: Repository,
  worktree: string,
  { path, good }: Broken,
): Promise<string | null> {
  if (good.kind === 'seen') return good.text;
  const files = workingFiles({ ...repository, gitDir: repository.commonDir, worktree });
  const text = await files.kept(path, good.digest);
  if (text === null) return null;
  return createHash('sha256').update(text).digest('hex') === good.digest ? text : null;
}
