/** A living process of somebody else that keeps an agent, as a client's server does: the one that has started this one. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivateDirectory, type StatePaths } from '../../src/client/index.ts';
import { identityOf } from '../../src/client/process-identity.ts';
import type { AgentId } from '../../src/core/index.ts';

const folderOf = ({ directory }: StatePaths): string => join(directory, 'keepers');

/** Agents of models have names that are names of files as they are. */
export function occupyElsewhere(paths: StatePaths, agent: AgentId): void {
  forgetOccupant(paths, agent);
  const note = { process: identityOf(process.ppid), sinceMs: 0 };
  writeFileSync(join(folderOf(paths), `${agent}#1`), JSON.stringify(note), { mode: 0o600 });
}

export function forgetOccupant(paths: StatePaths, agent: AgentId): void {
  const folder = folderOf(paths);
  ensurePrivateDirectory(folder);
  const notes = readdirSync(folder).filter((name) => name.startsWith(`${agent}#`));
  for (const name of notes) rmSync(join(folder, name));
}
