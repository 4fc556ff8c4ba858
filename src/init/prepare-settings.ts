/** Changing options in the configuration that a repository has. */
import { scanRepository, type Repository } from '../repository/index.ts';
import { InitError } from './errors.ts';
import { readExisting, type ExistingScope } from './files/existing.ts';
import type { FileChange } from './files/file-change.ts';
import { formProblem, lineOfKeys } from './files/refusal-words.ts';
import { withSettings, type BlockSetting } from './files/settings.ts';
import { YamlText } from '../repository/yaml/index.ts';
import { blockKeys } from './graph/limits.ts';
import { linkedWorktreeText } from './notices.ts';
import { top } from './paths.ts';

export interface SettingsRequest {
  readonly repository: Repository;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: readonly BlockSetting[];
}

export interface PreparedSettings {
  readonly root: string;
  readonly change: FileChange;
  /** Why what is written does not count yet; null: it does. */
  readonly later: string | null;
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
}: SettingsRequest): Promise<PreparedSettings> {
  const root = repository.worktree;
  if (root === null)
    throw new InitError(
      'NO_WORKTREE',
      'a bare repository has no files to write: run this in a clone or a worktree',
    );
  const scan = await scanRepository({ ...repository, mainWorktree: root }, { previous: null, env });
  const existing = readExisting(root, scan).get(top);
  if (existing === undefined)
    throw new InitError('NO_BLOCK', 'there is no configuration yet: rhema init makes one');
  const after = withSettings(existing.text, settings);
  if (after === null) throw refused(existing, settings);
  const change = { file: existing.file, before: existing.text, after };
  return { root, change, later: linkedWorktreeText(repository) };
}

/** Says where the first of the options stands that cannot be set, or would have to. */
function refused({ file, text }: ExistingScope, settings: readonly BlockSetting[]): InitError {
  const yaml = new YamlText(text);
  const block = yaml.problem === null ? blockKeys(yaml) : null;
  if (block === null) {
    const message = `${file} has no agent_coordination block to which this can be added: nothing was written, add it by hand`;
    return new InitError('NO_BLOCK', message);
  }
  const setting = settings.find((one) => withSettings(text, [one]) === null) ?? settings[0];
  const keys = [...block, ...(setting === undefined ? [] : [setting.key])];
  const message = `${file}:${lineOfKeys(text, keys)} ${formProblem(text, keys)}; nothing was written`;
  return new InitError('NO_BLOCK', message);
}
