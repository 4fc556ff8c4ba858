/** A living process of somebody else that keeps an agent, as a client's server does: the one that has started this one. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivateDirectory, type StatePaths } from '../../src/client/index.ts';
import { identityOf } from '../../src/client/process-identity.ts';
import type { AgentId } from '../../src/core/index.ts';

const folderOf = ({ directory }: StatePaths): string => join(directory, 'keepers');

/** Agents of models have names that are names of files as they are. */
export function keepElsewhere(paths: StatePaths, agent: AgentId): void {
  forgetKeeper(paths, agent);
  const claim = { process: identityOf(process.ppid), sinceMs: 0 };
  writeFileSync(join(folderOf(paths), `${agent}#1`), JSON.stringify(claim), { mode: 0o600 });
}

export function forgetKeeper(paths: StatePaths, agent: AgentId): void {
  const folder = folderOf(paths);
  ensurePrivateDirectory(folder);
  const claims = readdirSync(folder).filter((name) => name.startsWith(`${agent}#`));
  for (const name of claims) rmSync(join(folder, name));
}
