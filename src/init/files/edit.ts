import { scalar } from '../../config/index.ts';
import { isDeepStrictEqual } from 'node:util';
import type { ScopePath } from '../../core/index.ts';
import { withTopKey } from './block.ts';
import { withoutDependency, withoutStray } from './dependency-entry.ts';
import { isTable, type Table } from '../detectors/manifests.ts';
import { pathMeant, pathWritten } from '../paths.ts';
import { entryLines, type ScopeDependency } from './scope-text.ts';
import { YamlText, type ListItem } from '../../repository/yaml/index.ts';

/** What is to change in a file that a person has changed as well. */
export interface ScopeEdit {
  readonly path: ScopePath;
  /** Whether paths are written from the top, as where all scopes stand in one file. */
  readonly fromTop: boolean;
  readonly add: readonly ScopeDependency[];
  readonly remove: readonly ScopePath[];
  /** What `generated` shall list. */
  readonly listed: readonly ScopePath[];
  readonly leftOut: readonly ScopePath[];
}

/** `keys`: where the text has a form in which the change has no certain place. */
export type Edited =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly keys: readonly string[] };

/**
 * Changes a file's generated entries and nothing else. Refused when the file has a form in which they have no certain place, or
 * when a second reading shows that something else would mean another thing.
 */
export function editScope(text: string, edit: ScopeEdit): Edited {
  const { path, remove, listed, leftOut } = edit;
  const steps: readonly (readonly [keys: readonly string[], step: (yaml: YamlText) => YamlText | null])[] = [
    [['dependencies'], (yaml) => withoutStray(yaml, path)],
    ...remove.map((to) => [['dependencies'], (yaml: YamlText) => withoutDependency(yaml, path, to)] as const),
    [['dependencies'], (yaml) => withDependencies(yaml, edit)],
    [['generated', 'dependencies'], (yaml) => withList(yaml, edit, 'dependencies', listed)],
    [['generated', 'left_out'], (yaml) => withList(yaml, edit, 'left_out', leftOut)],
  ];
  let at = new YamlText(text);
  for (const [keys, step] of steps) {
    const next = step(at);
    if (next === null) return { ok: false, keys };
    at = next;
  }
  const isSame = isDeepStrictEqual(others(text), others(at.text));
  return isSame ? { ok: true, text: at.text } : { ok: false, keys: ['dependencies'] };
}

/** What must mean the same before and after. */
function others(text: string): Table {
  const { value } = new YamlText(text);
  return isTable(value) ? { ...value, dependencies: null, generated: null } : {};
}

function withDependencies(yaml: YamlText, { path, fromTop, add }: ScopeEdit): YamlText | null {
  if (add.length === 0) return yaml;
  const items = add.map(({ to, type }): ListItem => {
    const written = pathWritten(path, to, fromTop);
    const flow = `{ path: ${scalar(written)}, dependency_type: ${scalar(type)} }`;
    if (!fromTop) return { lines: entryLines(written, type), flow };
    const item = type === 'required' ? scalar(written) : flow;
    return { lines: [`- ${item}`], flow: item };
  });
  if (yaml.valueAt('dependencies') !== undefined) return yaml.withItems(['dependencies'], items);
  const lines = ['dependencies:', ...items.flatMap((item) => item.lines.map((line) => `  ${line}`))];
  const text = withTopKey(yaml.text, 'dependencies', lines, `[${items.map(({ flow }) => flow).join(', ')}]`);
  return text === null ? null : new YamlText(text);
}

/** Brings a list under `generated` to what it shall be, entry by entry. */
function withList(
  yaml: YamlText,
  { path: from, fromTop }: ScopeEdit,
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
        missing.map((to) => pathWritten(from, to, fromTop)),
      );
}

function pathsAt(yaml: YamlText, from: ScopePath, key: string): (ScopePath | null)[] {
  const items = yaml.valueAt('generated', key);
  return Array.isArray(items)
    ? items.map((item) => (typeof item === 'string' ? pathMeant(from, item) : null))
    : [];
}

function withListed(yaml: YamlText, key: string, texts: readonly string[]): YamlText | null {
  const items = texts.map((text): ListItem => ({ lines: [`- ${scalar(text)}`], flow: scalar(text) }));
  if (yaml.valueAt('generated', key) !== undefined) return yaml.withItems(['generated', key], items);
  const lines = [`${key}:`, ...items.flatMap((item) => item.lines.map((line) => `  ${line}`))];
  return yaml.withKey(lines, `${key}: [${items.map(({ flow }) => flow).join(', ')}]`, ['generated']);
}
