/** The scopes that the configuration lists: `agent_coordination.scopes` of the root scope's file. */
import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import {
  named,
  parsePattern,
  parseScopePath,
  patternOf,
  patternsMax,
  quote,
  type Parsed,
  type PathPattern,
  type ScopePath,
} from '../../core/index.ts';
import { configBlock, homeOfStray } from '../../config/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { folderName } from './candidates.ts';
import { stripDefinitionFile } from '../path-text.ts';
import type { YamlFile } from '../yaml/parse-yaml.ts';
import { errorAt, warningAt, type Position } from './problems.ts';
import { readScopeMap, typeUnspecified, type ScopeFile } from './read-scope.ts';
import type { FolderLook } from './tree.ts';

/** One entry of the list. */
export interface ListedScope {
  readonly path: ScopePath;
  /** Of its key. */
  readonly position: Position;
  /** Null when the entry cannot be used; then there is at least one error. */
  readonly scope: ScopeFile | null;
  /** Folders below it that shall be scopes as well. */
  readonly split: readonly PathPattern[];
  readonly problems: readonly ScopeProblem[];
}

export interface ScopeList {
  readonly entries: readonly ListedScope[];
  /** Of entries that name no folder at all. */
  readonly problems: readonly ScopeProblem[];
  /** Where the list stands in the file: its first and its last line; null: nowhere. */
  readonly lines: readonly [number, number] | null;
}

/** Reads the list in a root scope's file; an empty one where there is none. What is wrong with its shape is the configuration's to say. */
export function readListedScopes(yaml: YamlFile): ScopeList {
  const list = listIn(yaml);
  const problems: ScopeProblem[] = [];
  const entries = new Map<ScopePath, ListedScope>();
  for (const pair of (list?.items ?? []) as readonly Pair[]) {
    const position = yaml.positionOf(pair.key);
    const path = pathOf(pair.key);
    if (!path.ok) problems.push(errorAt('INVALID_PATH', position, path.problem));
    else if (entries.has(path.value))
      problems.push(
        errorAt('DUPLICATE_KEY', position, `${named(path.value)} is listed twice: keep one entry`),
      );
    else entries.set(path.value, readEntry(yaml, path.value, position, pair.value));
  }
  return { entries: [...entries.values()], problems, lines: linesOf(yaml, list) };
}

function linesOf(yaml: YamlFile, list: YAMLMap | null): ScopeList['lines'] {
  if (!list?.range) return null;
  // Its end may be the beginning of the next line.
  const [first, last] = [list.range[0], list.range[1] - 1].map((at) => yaml.positionAt(at).line ?? 1);
  return first === undefined || last === undefined ? null : [first, last];
}

/** At the top, or under `rhema`: as the configuration is read. */
function listIn(yaml: YamlFile): YAMLMap | null {
  const root = mapOf(yaml, yaml.document.contents);
  const block =
    root && (mapUnder(yaml, root, configBlock) ?? mapUnder(yaml, mapUnder(yaml, root, 'rhema'), configBlock));
  return mapUnder(yaml, block, 'scopes');
}

function mapUnder(yaml: YamlFile, map: YAMLMap | null, key: string): YAMLMap | null {
  return map === null ? null : mapOf(yaml, map.get(key, true));
}

function mapOf(yaml: YamlFile, node: unknown): YAMLMap | null {
  const value = yaml.resolve(node);
  return isMap(value) ? value : null;
}

/** A path from the top; people add slashes, and the name of a scope's file. */
function pathOf(key: unknown): Parsed<ScopePath> {
  const text = isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? '')) : '';
  if (text.trim() === '')
    return {
      ok: false,
      problem: 'an entry of scopes needs the path of a folder as its key: write packages/ui: ...',
    };
  const parsed = parseScopePath(stripDefinitionFile(text).replace(/^\/+(?=.)/, ''));
  if (!parsed.ok)
    return { ok: false, problem: `${parsed.problem}: write the path of a folder, from the top` };
  const names = parsed.value.split('/');
  if (names.some((name) => /^\.(?:git|rhema)$/i.test(name)))
    return {
      ok: false,
      problem: `${quote(text)} is no folder of yours: nothing in .git or .rhema is a scope, take the entry out`,
    };
  return parsed;
}

function readEntry(yaml: YamlFile, path: ScopePath, position: Position, value: unknown): ListedScope {
  const node = yaml.resolve(value);
  const entry = { path, position, split: [] };
  if (isNothing(node))
    return {
      ...entry,
      scope: { name: folderName(path), type: typeUnspecified, dependencies: [] },
      problems: [],
    };
  if (!isMap(node)) {
    const message = `what is said of ${named(path)} must be keys and values, such as 'type: library', or nothing`;
    return { ...entry, scope: null, problems: [errorAt('WRONG_TYPE', yaml.positionOf(value), message)] };
  }
  const problems: ScopeProblem[] = [];
  const { scope } = readScopeMap(yaml, node, { folderName: folderName(path), problems });
  warnOfOptions(yaml, node, problems);
  const split = readSplit(yaml, path, node.get('split', true), problems);
  return { ...entry, scope, split, problems };
}

/** Options count for the whole repository. */
function warnOfOptions(yaml: YamlFile, node: YAMLMap, problems: ScopeProblem[]): void {
  for (const { key } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const home = homeOfStray(name);
    if (home === null) continue;
    const message = `${name} is of no scope by itself: move it under ${home}`;
    problems.push(warningAt('MISPLACED_CONFIG', yaml.positionOf(key), message));
  }
}

function readSplit(yaml: YamlFile, path: ScopePath, value: unknown, problems: ScopeProblem[]): PathPattern[] {
  const node = yaml.resolve(value);
  if (isNothing(node)) return [];
  const items: readonly unknown[] = isSeq(node) ? node.items : [node];
  if (items.length > patternsMax) {
    const message = `split has ${items.length} patterns: at most ${patternsMax} are read`;
    problems.push(errorAt('INVALID_PATTERN', yaml.positionOf(value), message));
    return [];
  }
  return items.flatMap((item) => {
    const text = yaml.resolve(item);
    const written = isScalar(text) && typeof text.value === 'string' ? text.value : null;
    const parsed = written === null ? null : parsePattern(seenFromTop(path, written));
    if (parsed?.ok === true) return [parsed.pattern];
    const why = parsed === null ? 'must be a text, or a list of texts' : parsed.problem;
    const message = `split: the pattern ${written === null ? '' : `${quote(written)} `}${why}`;
    problems.push(errorAt('INVALID_PATTERN', yaml.positionOf(item), message));
    return [];
  });
}

/** Written from the scope's own folder, or from the top as a path that goes through it. */
function seenFromTop(path: ScopePath, text: string): string {
  if (path === '.' || text.startsWith('/') || text.startsWith(`${path}/`) || text.trim() === '') return text;
  return text.startsWith('!') ? text : `${patternOf(path)}/${text.replace(/^\.\//, '')}`;
}

/** What is wrong with an entry by what is found under its path; null: nothing. */
export function folderProblem({ path, position }: ListedScope, look: FolderLook): ScopeProblem | null {
  const where = named(path);
  switch (look.kind) {
    case 'folder':
    case 'absent':
      return null;
    case 'missing':
      return warningAt(
        'FOLDER_MISSING',
        position,
        `there is no folder ${where} yet: make it, or correct or remove the entry`,
      );
    case 'file':
      return errorAt(
        'INVALID_PATH',
        position,
        `${where} is a file, and a scope is a folder: list the folder that it is in`,
      );
    case 'outside':
      return errorAt(
        'OUTSIDE_REPOSITORY',
        position,
        `${where} is a symlink that leads out of the repository, or nowhere: remove the entry`,
      );
    case 'spelled':
      return errorAt(
        'INVALID_PATH',
        position,
        `the folder ${where} is spelled ${named(look.at)}: upper and lower case count, write it so`,
      );
    case 'linked':
      return errorAt(
        'INVALID_PATH',
        position,
        `${where} is reached by a symlink: list ${named(look.at)}, where its files are`,
      );
  }
}

function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}
