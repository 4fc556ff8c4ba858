import { existsSync } from 'node:fs';
import { findProgram } from '../../client/index.ts';
import type { OwnerCommand } from '../../client/index.ts';
import { entryFile } from '../entry-files.ts';
import type { Repository } from './world.ts';

/**
 * This very program, as `rhema daemon run`, from the top of the working tree. It is told the Git folder, too: looked for
 * from there once more, it might be another one. Found out each time that it is started: the tree of a client that runs
 * for days may have been removed, and so may the program.
 */
export function ownerCommand(repository: Repository): OwnerCommand {
  const { file, args } = findProgram({
    node: process.execPath,
    script: entryFile('main'),
    env: process.env,
    runningNode: process.platform === 'linux' ? `/proc/${process.pid}/exe` : null,
  });
  const [folder, gitDir] = foldersOf(repository);
  return { file, args: [...args, '-C', folder, '--git-dir', gitDir, 'daemon', 'run'] };
}

/** What is left of a repository of which a linked working tree was removed is its main tree, or its Git folder. */
function foldersOf({ worktree, gitDir, mainWorktree, commonDir }: Repository): [string, string] {
  if (existsSync(gitDir) && (worktree === null || existsSync(worktree)))
    return [worktree ?? commonDir, gitDir];
  const isLeft = mainWorktree !== null && existsSync(mainWorktree);
  return [isLeft ? mainWorktree : commonDir, commonDir];
}
