import { isDeepStrictEqual } from 'node:util';
import type { ScopePath } from '../../core/index.ts';
import { withTopKey } from './block.ts';
import { withoutDependency, withoutStray } from './dependency-entry.ts';
import { isTable, type Table } from '../detectors/manifests.ts';
import { joinPath, relativePath } from '../paths.ts';
import { entryLines, scalar, type ScopeDependency } from './scope-text.ts';
import { YamlText, type ListItem } from './yaml-splice.ts';

/** What is to change in a file that a person has changed as well. */
export interface ScopeEdit {
  readonly path: ScopePath;
  readonly add: readonly ScopeDependency[];
  readonly remove: readonly ScopePath[];
  /** What `generated` shall list. */
  readonly listed: readonly ScopePath[];
  readonly leftOut: readonly ScopePath[];
}

/**
 * Changes a file's generated entries and nothing else. Null when the file has a form in which they have no certain place, or
 * when a second reading shows that something else would mean another thing.
 */
export function editScope(text: string, edit: ScopeEdit): string | null {
  let at: YamlText | null = withoutStray(new YamlText(text), edit.path);
  for (const path of edit.remove) at = at && withoutDependency(at, edit.path, path);
  const longer = at && withDependencies(at, edit);
  const listed = longer && withList(longer, edit.path, 'dependencies', edit.listed);
  const done = listed && withList(listed, edit.path, 'left_out', edit.leftOut);
  return done !== null && isDeepStrictEqual(others(text), others(done.text)) ? done.text : null;
}

/** What must mean the same before and after. */
function others(text: string): Table {
  const { value } = new YamlText(text);
  return isTable(value) ? { ...value, dependencies: null, generated: null } : {};
}

function withDependencies(yaml: YamlText, { path, add }: ScopeEdit): YamlText | null {
  if (add.length === 0) return yaml;
  const items = add.map(({ to, type }): ListItem => {
    const text = scalar(relativePath(path, to));
    return {
      lines: entryLines(relativePath(path, to), type),
      flow: `{ path: ${text}, dependency_type: ${scalar(type)} }`,
    };
  });
  if (yaml.valueAt('dependencies') !== undefined) return yaml.withItems(['dependencies'], items);
  const lines = ['dependencies:', ...items.flatMap((item) => item.lines.map((line) => `  ${line}`))];
  const text = withTopKey(yaml.text, 'dependencies', lines, `[${items.map(({ flow }) => flow).join(', ')}]`);
  return text === null ? null : new YamlText(text);
}

/** Brings a list under `generated` to what it shall be, entry by entry. */
function withList(
  yaml: YamlText,
  from: ScopePath,
  key: string,
  wanted: readonly ScopePath[],
): YamlText | null {
  const present = pathsAt(yaml, from, key);
  let at: YamlText | null = yaml;
  for (const [index, path] of [...present.entries()].reverse())
    if (path === null || !wanted.includes(path)) at = at?.withoutItem(['generated', key], index) ?? null;
  const missing = wanted.filter((path) => !present.includes(path));
  return at === null || missing.length === 0
    ? at
    : withListed(
        at,
        key,
        missing.map((to) => relativePath(from, to)),
      );
}

function pathsAt(yaml: YamlText, from: ScopePath, key: string): (ScopePath | null)[] {
  const items = yaml.valueAt('generated', key);
  return Array.isArray(items)
    ? items.map((item) => (typeof item === 'string' ? joinPath(from, item) : null))
    : [];
}

function withListed(yaml: YamlText, key: string, texts: readonly string[]): YamlText | null {
  const items = texts.map((text): ListItem => ({ lines: [`- ${scalar(text)}`], flow: scalar(text) }));
  if (yaml.valueAt('generated', key) !== undefined) return yaml.withItems(['generated', key], items);
  const lines = [`${key}:`, ...items.flatMap((item) => item.lines.map((line) => `  ${line}`))];
  return yaml.withKey(lines, `${key}: [${items.map(({ flow }) => flow).join(', ')}]`, ['generated']);
}
