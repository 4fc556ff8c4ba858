import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrivateDirectory, socketAddress, statePaths } from '../../client/index.ts';
import { loadRequestParsers } from '../../protocol/index.ts';
import { CoordinatorServer } from '../server.ts';
import type { ServedCoordinator } from '../served.ts';

/** A folder for one test, which stands for a common Git directory. */
export function temporaryFolder(name = 'rhema-'): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), name));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder whose path is longer than any socket's may be. */
export function deepFolder(root: string): string {
  const path = join(root, 'd'.repeat(60), 'e'.repeat(60));
  mkdirSync(path, { recursive: true });
  return path;
}

/** Serves a coordinator in this process, at the place where clients look for the owner. */
export async function serve(
  commonDir: string,
  coordinator: ServedCoordinator,
  options: { readonly version?: string; readonly slowReaderMs?: number; readonly onStop?: () => void } = {},
): Promise<CoordinatorServer> {
  const paths = statePaths(commonDir);
  ensurePrivateDirectory(paths.directory);
  const server: CoordinatorServer = new CoordinatorServer({
    coordinator,
    parsers: await loadRequestParsers(),
    version: options.version ?? '1.0.0',
    onStop: options.onStop ?? ((): void => shut(server)),
    ...(options.slowReaderMs === undefined ? {} : { slowReaderMs: options.slowReaderMs }),
  });
  await server.listen(socketAddress(paths));
  return server;
}

export function shut(server: CoordinatorServer): void {
  server.stopListening();
  server.hangUp();
}
