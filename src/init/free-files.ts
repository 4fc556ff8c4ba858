/** Files that every change may touch, or that are new with each: no reason to wait for one another. */
import { fitsPath, parsePattern, type PathPattern } from '../core/index.ts';
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

/** `*.pb.go linguist-generated=true`: patterns as they are ours as well, where they fit a file. */
function generatedIn(tree: RepositoryTree): string[] {
  const lines = (tree.readSource('.gitattributes') ?? '').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, text = '', attributes = ''] = /^\s*([^#\s"]\S*)\s+(.*)$/.exec(line) ?? [];
    if (!/(?:^|\s)linguist-generated(?:=(?:true|1))?(?:\s|$)/.test(attributes)) return [];
    const parsed = parsePattern(text);
    const isUseful = parsed.ok && tree.files.some((file) => fitsPath(parsed.pattern, file, 'file'));
    return isUseful && baseName(text) !== '*' ? [text] : [];
  });
}
