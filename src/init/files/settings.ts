/** Options set in a block that is there already. All else stays byte for byte. */
import { isDeepStrictEqual } from 'node:util';
import { patternText } from '../../config/index.ts';
import { blockKeys } from '../graph/limits.ts';
import { isTable } from '../detectors/manifests.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** An option by its key within the block, dotted where it stands in a section of its own. */
export interface ValueSetting {
  readonly key: string;
  readonly value: string | number | boolean;
}

/** Of a list, what is added to it. */
export type BlockSetting = ValueSetting | { readonly key: string; readonly add: readonly string[] };

/** The lines of a block that says this and nothing else, for people. */
export function settingLines(settings: readonly BlockSetting[]): string[] {
  return settings.flatMap((setting) => linesOf(setting, setting.key.split('.')));
}

/** With the last of the keys that lead to it, the others one above the other. */
function linesOf(setting: BlockSetting, keys: readonly string[]): string[] {
  const [key = '', ...below] = keys;
  if (below.length > 0) return [`${key}:`, ...linesOf(setting, below).map((line) => `  ${line}`)];
  if ('value' in setting) return [`${key}: ${setting.value}`];
  return [`${key}:`, ...setting.add.map((text) => `  - ${patternText(text)}`)];
}

function flowOf(setting: BlockSetting, keys: readonly string[]): string {
  const [key = '', ...below] = keys;
  if (below.length > 0) return `${key}: { ${flowOf(setting, below)} }`;
  return 'value' in setting
    ? `${key}: ${setting.value}`
    : `${key}: [${setting.add.map(patternText).join(', ')}]`;
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
    const keys = [...block, ...asked.key.split('.')];
    const before = start.valueAt(...keys);
    const setting = withoutKnown(before, asked);
    if (setting === null) continue;
    at = at && withSetting(at, keys, setting);
    setAt(wanted, keys, valueAfter(before, setting));
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

/** Makes what is missing on the way, or says nothing. */
function setAt(value: unknown, [key = '', ...below]: readonly string[], after: unknown): void {
  if (!isTable(value)) return;
  if (below.length === 0) return void Object.assign(value, { [key]: after });
  if (!isTable(value[key])) Object.assign(value, { [key]: {} });
  setAt(value[key], below, after);
}

function withSetting(yaml: YamlText, keys: readonly string[], setting: BlockSetting): YamlText | null {
  const there = keys.findIndex((_key, index) => (yaml.valueAt(...keys.slice(0, index + 1)) ?? null) === null);
  if (there === -1) return withOther(yaml, keys, setting);
  const [above, below] = [keys.slice(0, there), keys.slice(there)];
  if (yaml.valueAt(...above, below[0] ?? '') === undefined)
    return yaml.withKey(linesOf(setting, below), flowOf(setting, below), above);
  return withFirst(yaml, keys, setting, there + 1);
}

/** The key is there and says something. */
function withOther(yaml: YamlText, keys: readonly string[], setting: BlockSetting): YamlText | null {
  if ('value' in setting) return yaml.withValue(keys, String(setting.value));
  return yaml.withItems(
    keys,
    setting.add.map((text) => ({ lines: [`- ${patternText(text)}`], flow: patternText(text) })),
  );
}

/** One of the keys is there and says nothing yet: what is below goes there. */
function withFirst(
  yaml: YamlText,
  keys: readonly string[],
  setting: BlockSetting,
  count: number,
): YamlText | null {
  const [empty, below] = [keys.slice(0, count), keys.slice(count)];
  if (below.length > 0) return yaml.withLinesBelow(empty, linesOf(setting, below));
  if (!('value' in setting)) return withOther(yaml, keys, setting);
  return yaml.withReplaced(empty, { lines: [], flow: String(setting.value) });
}
