import { fileURLToPath } from 'node:url';
import { connect, connectOverHttp, packageVersion, type SocketCoordinator } from '../client/index.ts';
import type { Coordinator } from '../protocol/index.ts';

/** The command line's entry, of this very build. */
export const cliMain = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/** Where `rhema serve` answers, and whom it lets in. */
export interface Served {
  readonly url: string;
  readonly token: string;
  /** Holds the token, for programs. */
  readonly tokenFile: string;
}

/** What leads to the coordinator: its repository, or its server. */
export interface Whereabouts {
  readonly commonDir: string;
  readonly worktree: string;
  readonly served: Served | null;
}

/** A connection by which agents take part. */
export async function join({ commonDir, worktree, served }: Whereabouts): Promise<Coordinator> {
  if (served === null) return reach(commonDir, worktree);
  return connectOverHttp({ server: served.url, token: served.token });
}

/** A connection that starts the repository's owner, from this very build, when there is none. */
export function reach(commonDir: string, worktree: string): Promise<SocketCoordinator> {
  const startOwner = { file: process.execPath, args: [cliMain, '-C', worktree, 'daemon', 'run'] };
  return connect({ commonDir, version: packageVersion(), startOwner });
}
