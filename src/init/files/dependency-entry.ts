import type { ScopePath } from '../../core/index.ts';
import { isTable, textIn } from '../detectors/manifests.ts';
import { pathMeant } from '../paths.ts';
import type { YamlText } from '../../repository/yaml/index.ts';

/** The entries of a scope's `dependencies`, as plain values. */
export function dependencyEntries(value: unknown): readonly unknown[] {
  const items = isTable(value) ? value['dependencies'] : undefined;
  return Array.isArray(items) ? (items as unknown[]) : [];
}

/** The path that an entry names; null when it has none. */
export function dependencyText(item: unknown): string | null {
  return isTable(item) ? textIn(item, 'path') : typeof item === 'string' ? item : null;
}

/**
 * The text without the entries that are listed as generated and lead out of the repository, as they do when the file was moved
 * to a folder nearer to the top. One that has more to it than we write stays.
 */
export function withoutStray(yaml: YamlText, from: ScopePath): YamlText {
  const listed = yaml.valueAt('generated', 'dependencies');
  const isListed = (text: string): boolean => Array.isArray(listed) && listed.includes(text);
  let at = yaml;
  for (const [index, item] of [...dependencyEntries(yaml.value).entries()].reverse()) {
    const text = dependencyText(item);
    if (text === null || pathMeant(from, text) !== null || !isListed(text)) continue;
    if (isPlain(item)) at = at.withoutItem(['dependencies'], index) ?? at;
  }
  return at;
}

function isPlain(item: unknown): boolean {
  return !isTable(item) || Object.keys(item).every((key) => key === 'path' || key === 'dependency_type');
}

/** The text without the entry. Null when there is more to it than we write: a remark, or another key. */
export function withoutDependency(yaml: YamlText, from: ScopePath, to: ScopePath): YamlText | null {
  const items = dependencyEntries(yaml.value);
  const index = items.findIndex((item) => pathMeant(from, dependencyText(item) ?? '') === to);
  return index >= 0 && isPlain(items[index]) ? yaml.withoutItem(['dependencies'], index) : null;
}
