/** Options set in a block that is there already. All else stays byte for byte. */
import { isDeepStrictEqual } from 'node:util';
import { patternText } from '../../config/index.ts';
import { blockKeys } from '../graph/limits.ts';
import { tableIn } from '../detectors/manifests.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** By its key within the block. Of a list, what is added to it. */
export type BlockSetting =
  | { readonly key: string; readonly value: string | number }
  | { readonly key: string; readonly add: readonly string[] };

/** The lines of a block that says this and nothing else, for people. */
export function settingLines(settings: readonly BlockSetting[]): string[] {
  return settings.flatMap((setting) => linesOf(setting));
}

function linesOf(setting: BlockSetting): string[] {
  if ('value' in setting) return [`${setting.key}: ${setting.value}`];
  return [`${setting.key}:`, ...setting.add.map((text) => `  - ${patternText(text)}`)];
}

/**
 * The text of a root scope's file with these options set. Null when it has no block, or where they have no certain place; a second
 * reading makes sure that everything else still means the same.
 */
export function withSettings(text: string, settings: readonly BlockSetting[]): string | null {
  const start = new YamlText(text);
  const block = start.problem === null ? blockKeys(start) : null;
  if (block === null) return null;
  const wanted = start.value;
  let at: YamlText | null = start;
  for (const asked of settings) {
    const before = start.valueAt(...block, asked.key);
    const setting = withoutKnown(before, asked);
    if (setting === null) continue;
    at = at && withSetting(at, block, setting);
    Object.assign(tableIn(wanted, ...block), { [setting.key]: valueAfter(before, setting) });
  }
  return at !== null && isDeepStrictEqual(at.value, wanted) ? at.text : null;
}

/** Of a list what it does not have yet; null: nothing. */
function withoutKnown(before: unknown, setting: BlockSetting): BlockSetting | null {
  if ('value' in setting || !Array.isArray(before)) return setting;
  const add = setting.add.filter((text) => !before.includes(text));
  return add.length === 0 ? null : { key: setting.key, add };
}

function valueAfter(before: unknown, setting: BlockSetting): unknown {
  if ('value' in setting) return setting.value;
  return [...(Array.isArray(before) ? (before as readonly unknown[]) : []), ...setting.add];
}

function withSetting(yaml: YamlText, block: readonly string[], setting: BlockSetting): YamlText | null {
  const keys = [...block, setting.key];
  const isThere = yaml.valueAt(...keys) !== undefined;
  if (isThere && 'value' in setting) return yaml.withValue(keys, String(setting.value));
  if (isThere && 'add' in setting)
    return yaml.withItems(
      keys,
      setting.add.map((text) => ({ lines: [`- ${patternText(text)}`], flow: patternText(text) })),
    );
  return yaml.withKey(linesOf(setting), flowOf(setting), block);
}

const flowOf = (setting: BlockSetting): string =>
  'value' in setting
    ? `${setting.key}: ${setting.value}`
    : `${setting.key}: [${setting.add.map(patternText).join(', ')}]`;
