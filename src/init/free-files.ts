/** Files that every change may touch, or that are new with each: no reason to wait for one another. */
import { fitsPath, parsePattern, patternOf, type PathPattern } from '../core/index.ts';
import { baseName, byText } from './paths.ts';
import type { RepositoryTree } from './tree/tree.ts';

/** By their names, in whichever folder: lockfiles and changelogs. */
const freeNames: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'Cargo.lock',
  'go.sum',
  'go.work.sum',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile.lock',
  'composer.lock',
  'Gemfile.lock',
  'flake.lock',
  'CHANGELOG.md',
  'CHANGELOG.rst',
  'CHANGES.md',
  'CHANGES.rst',
  'HISTORY.md',
  'HISTORY.rst',
]);

/** In which each change puts a file of its own. */
const freeFolders: readonly string[] = [
  '.changeset',
  '.changes',
  '.chloggen',
  '.chronus/changes',
  'changelog.d',
  'newsfragments',
];

const patternsMax = 40;

/** Patterns for those of them that are here, and for what the repository itself calls generated. */
export function proposedFree(tree: RepositoryTree): string[] {
  const names = [...freeNames].filter((name) => tree.named(name).length > 0);
  const folders = freeFolders.filter((folder) =>
    [...tree.folders].some((one) => one === folder || one.endsWith(`/${folder}`)),
  );
  const generated = tree.named('.gitattributes').includes('.gitattributes') ? generatedIn(tree) : [];
  return [...new Set([...names, ...folders.map(inFolder), ...generated])].slice(0, patternsMax).sort(byText);
}

/** Patterns for those of them that are among these paths, and that `free` does not fit yet. */
export function freeAmong(files: readonly string[], free: readonly string[]): string[] {
  const known = free.flatMap(parsedPattern);
  const others = [...new Set(files)].filter((file) => !known.some((one) => fitsPath(one, file, 'file')));
  const names = new Set(others.map(baseName));
  const folders = freeFolders.filter((folder) => others.some((file) => `/${file}`.includes(`/${folder}/`)));
  return [...[...freeNames].filter((name) => names.has(name)), ...folders.map(inFolder)].sort(byText);
}

const inFolder = (folder: string): string => `**/${folder}/**`;

function parsedPattern(text: string): PathPattern[] {
  const parsed = parsePattern(text);
  return parsed.ok ? [parsed.pattern] : [];
}

/** A line that says of some files whether they are generated. */
interface Marking {
  /** As it is written, seen from the folder of its file. */
  readonly text: string;
  /** Seen from the top; null: it is none of ours. */
  readonly pattern: PathPattern | null;
  readonly isGenerated: boolean;
}

/**
 * `*.pb.go linguist-generated=true`: patterns as they are ours as well, where they fit a file, and none that a later line, or a
 * file nearer to it, takes out again.
 */
function generatedIn(tree: RepositoryTree): string[] {
  const files = [...tree.named('.gitattributes')].sort((a, b) => depthOf(a) - depthOf(b) || byText(a, b));
  const markings = files.flatMap((file) => markingsIn(tree, file));
  return markings.flatMap(({ text, pattern, isGenerated }, index) => {
    if (!isGenerated || pattern === null || baseName(text) === '*' || isOfAll(text)) return [];
    const later = markings.slice(index + 1).filter((one) => !one.isGenerated);
    const fitting = tree.files.filter((file) => fitsPath(pattern, file, 'file'));
    const isTakenOut = (file: string): boolean =>
      later.some((one) => one.pattern === null || fitsPath(one.pattern, file, 'file'));
    return fitting.length > 0 && !fitting.some(isTakenOut) ? [text] : [];
  });
}

const depthOf = (file: string): number => file.split('/').length;

const isOfAll = (text: string): boolean => /^[*/]+$/.test(text);

/** Of a file below the top only what it takes out. */
function markingsIn(tree: RepositoryTree, file: string): Marking[] {
  const folder = file.slice(0, -'.gitattributes'.length);
  return (tree.readSource(file) ?? '').split(/\r?\n/).flatMap((line) => {
    const [, text = '', attributes = ''] = /^\s*("(?:[^"\\]|\\.)*"|[^#\s"]\S*)\s+(.*)$/.exec(line) ?? [];
    const [, sign, value] = /(?:^|\s)([-!]?)linguist-generated(?:=(\S*))?(?=\s|$)/.exec(attributes) ?? [];
    if (sign === undefined) return [];
    const isGenerated = sign === '' && (value === undefined || value === 'true' || value === '1');
    if (folder !== '' && isGenerated) return [];
    const isQuoted = text.startsWith('"');
    const [pattern = null] = isQuoted ? [] : parsedPattern(folder === '' ? text : below(folder, text));
    return [{ text, pattern, isGenerated }];
  });
}

/** Without a slash before its end it fits in every folder below. */
function below(folder: string, text: string): string {
  const isAnywhere = !text.slice(0, -1).includes('/');
  return `${patternOf(folder.slice(0, -1))}/${isAnywhere ? '**/' : ''}${text.replace(/^\//, '')}`;
}
