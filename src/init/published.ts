/** Scope files that `npm pack` would put into a package: nothing there needs them, and nobody asked for them. */
import picomatch from 'picomatch';
import type { ScopePath } from '../core/index.ts';
import { folderMatcher, isBounded } from './detectors/globs.ts';
import { isTable, readJson, textIn, textsIn, type Table } from './detectors/manifests.ts';
import { Notices, warning, type Notice } from './notices.ts';
import { baseName, byText, folderOf, isSample, isWithin, joinPath, seenFrom } from './paths.ts';
import type { RepositoryTree } from './tree/tree.ts';

const packagesNamedMax = 3;

/** Names the packages that would take some of these files along, each with the way to keep them out. */
export function publishedNotices(tree: RepositoryTree, files: readonly string[]): Notice[] {
  const taking = manifestsAbove(tree, files).flatMap((file) => noticeOf(tree, file, files) ?? []);
  const more = taking.length - packagesNamedMax;
  if (more <= 0) return taking;
  const rest = `${more} more ${more === 1 ? 'package' : 'packages'} would be published with ${more === 1 ? 'its' : 'their'} scope files, for the same reason`;
  return [...taking.slice(0, packagesNamedMax), warning('PUBLISHED', null, rest)];
}

function manifestsAbove(tree: RepositoryTree, files: readonly string[]): string[] {
  return tree
    .named('package.json')
    .filter((manifest) => !isSample(folderOf(manifest)))
    .filter((manifest) => files.some((file) => isWithin(folderOf(manifest), file)))
    .toSorted(byText);
}

function noticeOf(tree: RepositoryTree, file: string, files: readonly string[]): Notice | null {
  // What is wrong with the manifest is told where its dependencies are read.
  const manifest = readJson(tree, file, new Notices());
  if (manifest === null || !isPublished(manifest)) return null;
  const folder = folderOf(file);
  const isMember = memberOf(folder, manifest);
  const listed = manifest['files'] === undefined ? null : textsIn(manifest, 'files');
  const ignoring = ignoreLines(tree, folder);
  const taken = files.filter((one) => {
    if (!isWithin(folder, one) || isMember(folderOf(one))) return false;
    const path = seenFrom(folder, one);
    return listed === null ? !isIgnored(ignoring ?? [], path) : isListed(listed, path);
  });
  if (taken.length === 0) return null;
  const first = taken[0] ?? '';
  const which = taken.length === 1 ? first : `${first} and ${taken.length - 1} more scope files`;
  const message = `npm pack would take ${which} along: ${remedy(tree, folder, listed !== null)}`;
  return warning('PUBLISHED', { file }, message);
}

/** npm publishes no package without a name and a version. */
function isPublished(manifest: Table): boolean {
  return (
    manifest['private'] !== true && textIn(manifest, 'name') !== null && textIn(manifest, 'version') !== null
  );
}

/** npm packs the members of a workspace by themselves only. */
function memberOf(root: ScopePath, manifest: Table): (folder: ScopePath) => boolean {
  const given = manifest['workspaces'];
  const patterns = isTable(given) ? textsIn(given, 'packages') : textsIn(manifest, 'workspaces');
  const matches = folderMatcher({ root, patterns: patterns.filter(isBounded), negation: 'last' });
  return (folder) => folder !== root && matches(folder);
}

/** The way that npm goes by: `files`, else `.npmignore`, and only where there is none, `.gitignore`. */
function remedy(tree: RepositoryTree, folder: ScopePath, hasList: boolean): string {
  if (hasList) return 'add "!**/rhema.yaml" to its "files"';
  const has = (name: string): boolean => tree.has(joinPath(folder, name) ?? '');
  if (has('.npmignore')) return 'add the line rhema.yaml to .npmignore';
  return has('.gitignore')
    ? 'copy .gitignore to .npmignore, since npm reads one of them alone, and add the line rhema.yaml to it'
    : 'make a file .npmignore with the line rhema.yaml';
}

function ignoreLines(tree: RepositoryTree, folder: ScopePath): string[] | null {
  const file = joinPath(folder, '.npmignore');
  const text = file !== null && tree.has(file) ? tree.readSource(file) : null;
  if (text === null) return null;
  return text
    .split(/\r?\n/)
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('#'));
}

/** As .gitignore has it: the last line that fits decides. */
function isIgnored(lines: readonly string[], path: string): boolean {
  const last = lines.findLast((one) => fits(one.replace(/^!/, ''), path, { anywhere: true }));
  return last !== undefined && !last.startsWith('!');
}

/** What `files` names is seen from the package's folder, what it excludes may lie anywhere. */
function isListed(patterns: readonly string[], path: string): boolean {
  const last = patterns.findLast((one) =>
    one.startsWith('!') ? fits(one.slice(1), path, { anywhere: true }) : fits(one, path, { anywhere: false }),
  );
  return last !== undefined && !last.startsWith('!');
}

/** Whether a pattern fits a file, or a folder that it lies in. */
function fits(pattern: string, path: string, { anywhere }: { readonly anywhere: boolean }): boolean {
  const plain = pattern.replace(/^\.?\//, '').replace(/\/+$/, '');
  if (plain === '' || !isBounded(plain)) return false;
  const isLoose = anywhere && !pattern.replace(/\/+$/, '').includes('/');
  const matches = picomatch(plain, { dot: true });
  const steps = path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
  return steps.some((step) => matches(isLoose ? baseName(step) : step));
}
