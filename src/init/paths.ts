import { isInstalled } from '../repository/index.ts';
import { parseScopePath, type ScopePath } from '../core/index.ts';

export { folderOf } from '../repository/index.ts';

/** The top folder of the repository. */
export const top = '.' as ScopePath;

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path as seen from a folder, in canonical form; null when it leads out of the repository or is none. */
export function joinPath(folder: string, text: string): ScopePath | null {
  if (text.startsWith('/')) return null;
  const parsed = parseScopePath(folder === '.' ? text : `${folder}/${text}`);
  return parsed.ok ? parsed.value : null;
}

/** What an entry of a scope means: a path from the scope's folder, or with a slash first one from the top. */
export function pathMeant(folder: string, text: string): ScopePath | null {
  return text.startsWith('/') ? joinPath('.', text.replace(/^\/+/, '') || '.') : joinPath(folder, text);
}

/** The way in which an entry is written that nothing else can be meant by; `fromTop`: where all stand in one file. */
export function pathWritten(from: string, to: string, fromTop: boolean): string {
  if (!fromTop) return relativePath(from, to);
  return to === '.' ? '/' : `/${to}`;
}

/** Whether a path lies in a folder, or is it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`);
}

/** A path inside a folder, without that folder; the folder itself is `.`. */
export function seenFrom(folder: string, path: string): string {
  if (folder === '.') return path;
  return path === folder ? '.' : path.slice(folder.length + 1);
}

/** How many folders a path goes down: 0 for the top. */
export function depthOf(path: string): number {
  return path === '.' ? 0 : path.split('/').length;
}

/** The greatest depth among paths. They may be too many to be the arguments of one call. */
export function deepest(paths: readonly string[]): number {
  return paths.reduce((most, path) => Math.max(most, depthOf(path)), 0);
}

/** The shortest `./` or `../` path from one folder to another. Written so, only a path can be meant. */
export function relativePath(from: string, to: string): string {
  const steps = from === '.' ? [] : from.split('/');
  const target = to === '.' ? [] : to.split('/');
  let common = 0;
  while (common < steps.length && common < target.length && steps[common] === target[common]) common += 1;
  const up = steps.slice(common).map(() => '..');
  const path = [...up, ...target.slice(common)].join('/');
  if (path === '') return './';
  return up.length > 0 ? path : `./${path}`;
}

/** Folders whose manifests are examples or test data. */
const sampleFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'testdata',
  'fixtures',
  'fixture',
  '__fixtures__',
  'examples',
  'example',
  'samples',
  'templates',
  'template',
  'vendor',
  'third_party',
]);

/** Whether a manifest there is no part of the project, unless a workspace lists it: test data, or a tool's own folder. */
export function isSample(path: string): boolean {
  return (
    path !== '.' &&
    (isInstalled(path) ||
      path.split('/').some((segment) => sampleFolders.has(segment) || segment.startsWith('.')))
  );
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
