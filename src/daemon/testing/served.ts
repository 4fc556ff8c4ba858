import { ensurePrivateDirectory, socketAddress, statePaths } from '../../client/index.ts';
import { loadRequestParsers } from '../../protocol/index.ts';
import { CoordinatorServer } from '../server.ts';
import type { ServedCoordinator } from '../served.ts';

export interface ServeOptions {
  readonly version?: string;
  readonly slowReaderMs?: number;
  readonly greetingMaxMs?: number;
  readonly connectionsMax?: number;
  readonly onStop?: () => void;
  readonly onFailure?: (error: Error) => void;
}

/** Serves a coordinator in this process, at the place where clients look for the owner. */
export async function serve(
  commonDir: string,
  coordinator: ServedCoordinator,
  options: ServeOptions = {},
): Promise<CoordinatorServer> {
  const paths = statePaths(commonDir);
  ensurePrivateDirectory(paths.directory);
  const server: CoordinatorServer = new CoordinatorServer({
    version: '1.0.0',
    onStop: (): void => shut(server),
    onFailure: () => undefined,
    ...options,
    coordinator,
    parsers: await loadRequestParsers(),
  });
  await server.listen(socketAddress(paths));
  return server;
}

export function shut(server: CoordinatorServer): void {
  server.stopListening();
  server.hangUp();
}
