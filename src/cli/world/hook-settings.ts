/** What a repository says of how hooks of clients claim. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionFiles, scanRepository } from '../../repository/index.ts';
import type { HookSettings, Repository } from './world.ts';

const names = /\bclaim_(?:wait|idle)\b/;

/** Only where an option is named at all its value is looked for: that takes a scan of the repository. */
export async function hookSettings(repository: Repository): Promise<HookSettings> {
  const { defaultConfig } = await import('../../config/index.ts');
  const { claimWaitMs, claimIdleMs } = isNamed(repository)
    ? (await scanRepository(repository, { previous: null, env: process.env })).config.config
    : defaultConfig;
  return { claimWaitMs, claimIdleMs };
}

const isNamed = ({ worktree }: Repository): boolean =>
  worktree !== null &&
  definitionFiles
    .map((name) => join(worktree, name))
    .some((file) => existsSync(file) && names.test(readFileSync(file, 'utf8')));
