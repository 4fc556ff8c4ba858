import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type SocketCoordinator } from '../../src/client/index.ts';
import type { ScopePath } from '../../src/core/index.ts';
import { cliFile, packageVersion } from './paths.ts';

/** A Git repository with scopes, coordinated by a real owner process. */
export interface OwnedRepository {
  readonly worktree: string;
  readonly commonDir: string;
  readonly scopes: readonly ScopePath[];
}

/** Makes the repository in a folder that is empty. */
export function makeRepository(folder: string, scopeCount: number): OwnedRepository {
  execFileSync('git', ['init', '--quiet', folder]);
  writeScope(folder, 'root', [
    'agent_coordination:',
    `  max_concurrent_agents: ${scopeCount}`,
    '  session_timeout: 1h',
    '  lock_timeout: 10m',
  ]);
  const scopes = Array.from({ length: scopeCount }, (_, index) => `scope-${index}` as ScopePath);
  for (const scope of scopes) {
    mkdirSync(join(folder, scope));
    writeScope(join(folder, scope), scope, []);
  }
  return { worktree: folder, commonDir: join(folder, '.git'), scopes };
}

/** Connects to the repository's owner, and starts it if there is none. */
export function reachOwner({ worktree, commonDir }: OwnedRepository): Promise<SocketCoordinator> {
  return connect({
    commonDir,
    version: packageVersion(),
    startOwner: { file: process.execPath, args: [cliFile, '-C', worktree, 'daemon', 'run'] },
  });
}

/** Runs with a connection to the owner, which is stopped at the end. */
export async function withOwner<T>(
  repository: OwnedRepository,
  run: (coordinator: SocketCoordinator) => Promise<T>,
): Promise<T> {
  const coordinator = await reachOwner(repository);
  try {
    return await run(coordinator);
  } finally {
    await coordinator.stopOwner('now');
    await coordinator.close();
  }
}

function writeScope(folder: string, name: string, more: readonly string[]): void {
  const lines = [`name: ${name}`, 'scope_type: library', 'version: 1.0.0', ...more];
  writeFileSync(join(folder, 'rhema.yaml'), `${lines.join('\n')}\n`);
}
