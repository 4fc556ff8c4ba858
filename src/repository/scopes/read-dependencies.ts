import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { ScopeProblem } from '../../protocol/index.ts';
import type { YamlFile } from '../yaml/parse-yaml.ts';
import { errorAt, type Position } from './problems.ts';

/** A dependency as written. */
export interface DependencyReference {
  readonly text: string;
  /** `path`: meant for a scope. `name`: may as well be a package, as in files that list both. */
  readonly by: 'path' | 'name';
  readonly position: Position;
}

/** Keys of the nested shape that name dependencies; see {@link readDependencies}. */
const groups = ['children', 'peers'] as const;

/**
 * Reads `dependencies`: a list of paths or of maps with `path` or `name`, or the nested shape's map.
 *
 * In that map `children` and `peers` are dependencies, because a scope is assembled from its children and built
 * against its peers, and must be synced after them. `parent` is not: it tells where the scope stands in the hierarchy,
 * which the folders say already, and files of this shape name the parent in the child and the child in the parent,
 * so that taking both for dependencies would make every such pair a cycle.
 */
export function readDependencies(
  yaml: YamlFile,
  node: unknown,
  problems: ScopeProblem[],
): DependencyReference[] {
  const reading: Reading = { yaml, problems };
  if (!isMap(node)) return readList(reading, node, 'dependencies');
  return groups.flatMap((group) =>
    readList(reading, yaml.resolve(node.get(group, true)), `dependencies.${group}`),
  );
}

/** The parent that a scope names, in the nested shape's map or beside it; null where it names none that can be read. */
export function readParent(yaml: YamlFile, body: YAMLMap): DependencyReference | null {
  const node = yaml.resolve(body.get('dependencies', true));
  const written = isMap(node) && node.has('parent') ? node.get('parent', true) : body.get('parent', true);
  const [parent] = isNothing(written) ? [] : readItem({ yaml, problems: [] }, written);
  return parent ?? null;
}

interface Reading {
  readonly yaml: YamlFile;
  readonly problems: ScopeProblem[];
}

function readList(reading: Reading, node: unknown, where: string): DependencyReference[] {
  if (isNothing(node)) return [];
  if (isSeq(node)) return node.items.flatMap((item) => readItem(reading, item));
  if (isMap(node) || isText(node)) return readItem(reading, node);
  reading.problems.push(
    errorAt(
      'WRONG_TYPE',
      reading.yaml.positionOf(node),
      `${where} must be a list of paths, such as '- path: ../core'`,
    ),
  );
  return [];
}

function readItem({ yaml, problems }: Reading, item: unknown): DependencyReference[] {
  const node = yaml.resolve(item);
  const position = yaml.positionOf(item);
  if (isText(node)) return [{ text: node.value, by: 'path', position }];
  const found = isMap(node) ? (textUnder(yaml, node, 'path') ?? textUnder(yaml, node, 'name')) : null;
  if (found !== null) return [found];
  problems.push(
    errorAt(
      'INVALID_DEPENDENCY',
      position,
      `a dependency needs a path, such as '- path: ../core', or a name`,
    ),
  );
  return [];
}

function textUnder(yaml: YamlFile, map: YAMLMap, key: 'path' | 'name'): DependencyReference | null {
  const written = map.get(key, true);
  const node = yaml.resolve(written);
  return isText(node) ? { text: node.value, by: key, position: yaml.positionOf(written) } : null;
}

function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

function isText(node: unknown): node is { readonly value: string } {
  return isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '';
}
