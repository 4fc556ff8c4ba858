import { fileURLToPath } from 'node:url';
import { connect, type OwnerCommand, type SocketCoordinator } from '../client/index.ts';
import { packageVersion } from '../version.ts';

const cli = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/** The command line of this very build, run in a folder. */
export function cliCommand(folder: string, ...args: readonly string[]): OwnerCommand {
  return { file: process.execPath, args: [cli, '-C', folder, ...args] };
}

/** A connection that starts the repository's owner when there is none. */
export function reach(commonDir: string, worktree: string): Promise<SocketCoordinator> {
  return connect({ commonDir, version: packageVersion(), startOwner: cliCommand(worktree, 'daemon', 'run') });
}
