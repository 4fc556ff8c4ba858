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
  const [folder, gitDir] = foldersOf(repository);
  return commandFor(folder, gitDir, 'daemon', 'run');
}

/** The same as `rhema sync run --auto`, for an owner that has what is due be synced. */
export function syncCommand({ worktree, commonDir, mainWorktree }: Repository): OwnerCommand {
  return commandFor(mainWorktree ?? worktree ?? commonDir, commonDir, 'sync', 'run', '--auto', '--quiet');
}

function commandFor(folder: string, gitDir: string, ...words: readonly string[]): OwnerCommand {
  const { file, args } = findProgram({
    node: process.execPath,
    script: entryFile('main'),
    env: process.env,
    runningNode: process.platform === 'linux' ? `/proc/${process.pid}/exe` : null,
  });
  return { file, args: [...args, '-C', folder, '--git-dir', gitDir, ...words] };
}

/** What is left of a repository of which a linked working tree was removed is its main tree, or its Git folder. */
function foldersOf({ worktree, gitDir, mainWorktree, commonDir }: Repository): [string, string] {
  if (existsSync(gitDir) && (worktree === null || existsSync(worktree)))
    return [worktree ?? commonDir, gitDir];
  const isLeft = mainWorktree !== null && existsSync(mainWorktree);
  return [isLeft ? mainWorktree : commonDir, commonDir];
}
