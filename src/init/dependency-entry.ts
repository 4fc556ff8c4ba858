import type { ScopePath } from '../core/index.ts';
import { isTable, textIn } from './manifests.ts';
import { joinPath } from './paths.ts';
import type { YamlText } from './yaml-splice.ts';

/** The entries of a scope's `dependencies`, as plain values. */
export function dependencyEntries(yaml: YamlText): readonly unknown[] {
  const items = yaml.valueAt('dependencies');
  return Array.isArray(items) ? (items as unknown[]) : [];
}

/** The path that an entry names; null when it has none. */
export function dependencyText(item: unknown): string | null {
  return isTable(item) ? textIn(item, 'path') : typeof item === 'string' ? item : null;
}

/** The text without the entry. Null when there is more to it than we write: a remark, or another key. */
export function withoutDependency(yaml: YamlText, from: ScopePath, to: ScopePath): YamlText | null {
  const items = dependencyEntries(yaml);
  const index = items.findIndex((item) => joinPath(from, dependencyText(item) ?? '') === to);
  const item = items[index];
  const isPlain =
    !isTable(item) || Object.keys(item).every((key) => key === 'path' || key === 'dependency_type');
  return index >= 0 && isPlain ? yaml.withoutItem(['dependencies'], index) : null;
}
