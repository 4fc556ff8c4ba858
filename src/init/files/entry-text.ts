/** What is said of a scope where the root scope's file lists it: the same as in a file of its own, and shorter. */
import { scalar } from '../../config/index.ts';
import type { ScopePath } from '../../core/index.ts';
import { dependencyEntries } from './dependency-entry.ts';
import { isTable, textIn, textsIn, type Table } from '../detectors/manifests.ts';
import { pathMeant, pathWritten, seenFrom } from '../paths.ts';
import { digestOf, type ScopeDependency, type ScopeText } from './scope-text.ts';

/** Columns of a line, as formatters have it; an entry stands six to the right. */
const widthMax = 80 - 6;

/** The text of an entry, without the folder above it. */
export function renderEntry(scope: ScopeText): string {
  const written = (to: ScopePath): string => scalar(pathWritten(scope.path, to, true));
  const lines = [
    `name: ${scalar(scope.name)}`,
    `type: ${scalar(scope.type)}`,
    ...listLines(
      'dependencies',
      scope.dependencies.map((one) => dependencyText(one, written)),
    ),
    ...generatedLines(scope, written),
  ];
  return `${lines.join('\n')}\n`;
}

function dependencyText({ to, type }: ScopeDependency, written: (to: ScopePath) => string): string {
  return type === 'required' ? written(to) : `{ path: ${written(to)}, dependency_type: ${scalar(type)} }`;
}

/** In brackets where that fits a line, else one below the other. */
function listLines(key: string, items: readonly string[], margin = 0): string[] {
  if (items.length === 0) return [];
  const line = `${key}: [${items.join(', ')}]`;
  const isPlain = items.every((item) => !item.startsWith('{'));
  return isPlain && line.length + margin <= widthMax
    ? [line]
    : [`${key}:`, ...items.map((item) => `  - ${item}`)];
}

function generatedLines(scope: ScopeText, written: (to: ScopePath) => string): string[] {
  const { path, source, dependencies, leftOut } = scope;
  const head = [`from: ${scalar(seenFrom(path, source))}`, `digest: ${digestOf(scope)}`];
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['dependencies', dependencies.map(({ to }) => written(to))],
    ['left_out', leftOut.map(written)],
  ];
  const flow = [
    ...head,
    ...lists.filter(([, items]) => items.length > 0).map(([key, items]) => `${key}: [${items.join(', ')}]`),
  ];
  const line = `generated: { ${flow.join(', ')} }`;
  if (line.length <= widthMax) return [line];
  const below = [...head, ...lists.flatMap(([key, items]) => listLines(key, items, 2))];
  return ['generated:', ...below.map((one) => `  ${one}`)];
}

/** Reads an entry that nobody has changed since it was written; null for any other. `value`: what it says, as YAML has it. */
export function readUntouchedEntry(path: ScopePath, text: string, value: unknown): ScopeText | null {
  if (!isTable(value) || !isTable(value['generated'])) return null;
  const { generated } = value;
  const [name, type, from] = [textIn(value, 'name'), textIn(value, 'type'), textIn(generated, 'from')];
  const source = from === null ? null : pathMeant(path, from);
  const dependencies = dependenciesIn(path, value);
  const leftOut = textsIn(generated, 'left_out').map((one) => pathMeant(path, one));
  if (name === null || type === null || source === null || dependencies === null || leftOut.includes(null))
    return null;
  const scope = { path, name, type, source, dependencies, leftOut: leftOut.filter((one) => one !== null) };
  return renderEntry(scope) === text.replaceAll('\r\n', '\n') ? scope : null;
}

function dependenciesIn(path: ScopePath, value: Table): ScopeDependency[] | null {
  const items = dependencyEntries(value);
  const read = items.flatMap((item) => {
    const to = pathMeant(
      path,
      (isTable(item) ? textIn(item, 'path') : typeof item === 'string' ? item : null) ?? '',
    );
    const type = isTable(item) ? (textIn(item, 'dependency_type') ?? 'required') : 'required';
    return to === null ? [] : [{ to, type }];
  });
  return read.length === items.length ? read : null;
}
