import { fileURLToPath } from 'node:url';
import { connect, packageVersion, type SocketCoordinator } from '../client/index.ts';

/** The command line's entry, of this very build. */
export const cliMain = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/** A connection that starts the repository's owner, from this very build, when there is none. */
export function reach(commonDir: string, worktree: string): Promise<SocketCoordinator> {
  const startOwner = { file: process.execPath, args: [cliMain, '-C', worktree, 'daemon', 'run'] };
  return connect({ commonDir, version: packageVersion(), startOwner });
}
