/** Changing options in the configuration that a repository has. */
import { scanRepository, type Repository } from '../repository/index.ts';
import { InitError } from './errors.ts';
import { readExisting } from './files/existing.ts';
import type { FileChange } from './files/file-change.ts';
import { withSettings, type BlockSetting } from './files/settings.ts';
import { top } from './paths.ts';

export interface SettingsRequest {
  readonly repository: Repository;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: readonly BlockSetting[];
}

/**
 * The change of the top's file that sets these options, in the working tree that is worked in.
 *
 * @throws InitError NO_WORKTREE in a bare repository, NO_BLOCK where there is no configuration, or none in which the options have a
 * certain place; RepositoryError when the working tree cannot be read.
 */
export async function prepareSettings({
  repository,
  env,
  settings,
}: SettingsRequest): Promise<{ readonly root: string; readonly change: FileChange }> {
  const root = repository.worktree;
  if (root === null)
    throw new InitError(
      'NO_WORKTREE',
      'a bare repository has no files to write: run this in a clone or a worktree',
    );
  const scan = await scanRepository({ ...repository, mainWorktree: root }, { previous: null, env });
  const existing = readExisting(root, scan).get(top);
  const after = existing === undefined ? null : withSettings(existing.text, settings);
  if (existing === undefined || after === null)
    throw new InitError(
      'NO_BLOCK',
      existing === undefined
        ? 'there is no configuration yet: rhema init makes one'
        : `${existing.file} has no agent_coordination block to which this can be added: nothing was written, add it by hand`,
    );
  return { root, change: { file: existing.file, before: existing.text, after } };
}
