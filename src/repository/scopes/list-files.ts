import { opendir, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BigIntStats } from 'node:fs';
import { scopesMax } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { mapBounded } from '../bounded.ts';
import { definitionFiles, isDefinitionName } from './candidates.ts';
import { RepositoryError } from '../errors.ts';
import { isInside } from '../git/inside.ts';
import { isInstalled } from '../installed.ts';
import { lookAt } from '../look.ts';
import { listTree, type IndexEntry } from '../git/ls-files.ts';
import { errorAt, warningAt, wholeFile } from './problems.ts';
import { isGone, messageOf } from '../git/regular-file.ts';
import type { Listed, ListedPaths } from './listed-paths.ts';
import type { ScanMemory } from './scan-memory.ts';
import type { UnopenedFolder } from '../git/unopened.ts';

/** A file in the working tree that bears the name of a definition file. */
export interface ListedFile {
  /** Repository-relative, forward slashes. */
  readonly path: string;
  /** Where it really is: the same, unless it is a symlink to another file of the repository. */
  readonly realPath: string;
  readonly stat: BigIntStats;
}

export interface Listing {
  /** Sorted by path. */
  readonly files: readonly ListedFile[];
  /** Sorted by path; none of them is among `files`. */
  readonly notCheckedOut: readonly IndexEntry[];
  readonly problems: readonly ScopeProblem[];
  /** See `Tree`. */
  readonly outOfSight: readonly string[];
}

/**
 * All files of a working tree named `rhema.yaml` or `scope.yaml`, tracked or not, that Git does not ignore; also those
 * that a sparse checkout leaves out; but for those of installed packages. Symlinked folders are not entered and a
 * symlinked file is listed only if it stays in the repository; submodules and other repositories inside are left out.
 *
 * @throws RepositoryError UNREADABLE when the top folder is not there or cannot be opened, GIT_FAILED when Git refuses.
 */
export async function listFiles(root: string, memory: ScanMemory | null = null): Promise<Listing> {
  await mustOpen(root);
  const list = (): Promise<ListedPaths> => listPaths(root);
  const listed = await (memory === null ? list() : memory.listing(root, list));
  const problems = [...listed.problems];
  const outOfSight = [...listed.outOfSight];
  const folders = new Map<string, Promise<boolean>>();
  const inspected = await mapBounded(listed.paths, 16, ({ path }) =>
    inspect({ root, path, folders, memory, problems, outOfSight }),
  );
  await noteLinkedFolder(root, problems, outOfSight);
  await noteNoFiles(root, listed.paths, { problems, outOfSight });
  return {
    files: inspected.filter((file) => file !== null),
    notCheckedOut: listed.paths.flatMap(({ notCheckedOut }, index) =>
      notCheckedOut && inspected[index] === null ? [notCheckedOut] : [],
    ),
    problems,
    outOfSight,
  };
}

/** A folder that is not there, or is not mounted, is not a folder without scopes. */
async function mustOpen(root: string): Promise<void> {
  try {
    await (await opendir(root)).close();
  } catch (error) {
    const reason = isGone(error) ? 'is not there' : `cannot be opened (${messageOf(error)})`;
    throw new RepositoryError('UNREADABLE', `the working tree ${root} ${reason}`, { cause: error });
  }
}

/** Every scope may have all four files. */
const pathsMax = 4 * scopesMax;

async function listPaths(root: string): Promise<ListedPaths> {
  const problems: ScopeProblem[] = [];
  const outOfSight: string[] = [];
  const listed = (await listAll(root, problems, outOfSight)).filter(({ path }) => !isInstalled(path));
  const paths: Listed[] = [];
  for (const one of listed.slice(0, pathsMax))
    if (one.path.includes('\uFFFD')) problems.push(unreadableName(one.path));
    else paths.push(one);
  if (listed.length > pathsMax) problems.push(tooMany(listed.length));
  return { paths, problems, outOfSight };
}

async function listAll(root: string, problems: ScopeProblem[], outOfSight: string[]): Promise<Listed[]> {
  try {
    return await listByGit(root, problems, outOfSight);
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.code !== 'GIT_MISSING') throw error;
    // Without Git nobody knows what is tracked although it is ignored, and what is not checked out.
    outOfSight.push('.');
    const { walkFiles } = await import('./walk.ts');
    return (await walkFiles(root, isDefinitionName)).map((path) => ({ path, notCheckedOut: null }));
  }
}

async function listByGit(root: string, problems: ScopeProblem[], outOfSight: string[]): Promise<Listed[]> {
  const { entries, unopened } = await listTree(root, [':(glob)**/rhema.yaml', ':(glob)**/scope.yaml']);
  const closed = unopened.filter(({ file }) => !isInstalled(file));
  problems.push(...closed.map(unopenedWarning));
  outOfSight.push(...closed.map(({ file }) => file));
  // An unmerged file is listed once for each side.
  const byPath = new Map(
    entries
      .filter(({ kind }) => kind !== 'repository')
      .map(({ path, index, leftOut }) => [path, { path, notCheckedOut: leftOut ? index : null }]),
  );
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

interface Inspection {
  readonly root: string;
  readonly path: string;
  /** Whether a folder can be reached without a symlink; each is asked once. */
  readonly folders: Map<string, Promise<boolean>>;
  readonly memory: ScanMemory | null;
  readonly problems: ScopeProblem[];
  readonly outOfSight: string[];
}

async function inspect(inspection: Inspection): Promise<ListedFile | null> {
  const { root, path, folders, memory, problems, outOfSight } = inspection;
  const absolute = join(root, path);
  const folder = dirname(absolute);
  const isKnown = memory?.isFolder(dirname(path)) ?? false;
  const reachable = folders.get(folder) ?? (isKnown ? Promise.resolve(true) : isReal(folder));
  folders.set(folder, reachable);
  try {
    // Deleted but still tracked, or behind a folder that has become a symlink: not part of the tree any more.
    if (!(await reachable)) return null;
    const stat = await lookAt(absolute);
    if (!stat.isSymbolicLink()) return { path, realPath: absolute, stat };
    return await followLink(inspection);
  } catch (error) {
    if (isGone(error)) return null;
    outOfSight.push(path);
    problems.push(errorAt('UNREADABLE_FILE', wholeFile(path), `cannot be examined: ${messageOf(error)}`));
    return null;
  }
}

async function isReal(folder: string): Promise<boolean> {
  try {
    return (await realpath(folder)).normalize() === folder.normalize();
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

async function followLink({ root, path, problems, outOfSight }: Inspection): Promise<ListedFile | null> {
  const target = await realpath(join(root, path)).catch((error: unknown) =>
    isGone(error) ? null : Promise.reject(error),
  );
  if (target !== null && isInside(root, target))
    return { path, realPath: target, stat: await lookAt(target) };
  outOfSight.push(path);
  const reason = target === null ? 'leads nowhere' : 'leads out of the repository';
  problems.push(
    errorAt(
      'SYMLINK_OUTSIDE',
      wholeFile(path),
      `is a symlink that ${reason}: not read; replace it by a file`,
    ),
  );
  return null;
}

/** Git sees a link there, and no file of those behind it: whoever has put it there believes that the top's is read. */
async function noteLinkedFolder(root: string, problems: ScopeProblem[], outOfSight: string[]): Promise<void> {
  const folder = '.rhema';
  const stat = await lookAt(join(root, folder)).catch(() => null);
  if (stat?.isSymbolicLink() !== true) return;
  const files = await readdir(join(root, folder)).catch(() => []);
  if (!files.some(isDefinitionName)) return;
  outOfSight.push(folder);
  const message = 'is a symlink, and what is behind it is not read: replace it by the folder';
  problems.push(errorAt('SYMLINK_OUTSIDE', wholeFile(folder), message));
}

/** Git lists no folder and no pipe: where one has the name of the top's file, nobody would hear that nothing is read. */
async function noteNoFiles(
  root: string,
  listed: readonly Listed[],
  { problems, outOfSight }: Pick<Inspection, 'problems' | 'outOfSight'>,
): Promise<void> {
  for (const file of definitionFiles.filter((name) => listed.every(({ path }) => path !== name))) {
    const stat = await lookAt(join(root, file)).catch(() => null);
    if (stat === null || stat.isFile() || stat.isSymbolicLink()) continue;
    // Another program's folder may be called so.
    if (stat.isDirectory() && !file.endsWith('rhema.yaml')) continue;
    outOfSight.push(file);
    const kind = stat.isDirectory() ? 'a folder' : 'no regular file';
    problems.push(
      errorAt(
        'UNREADABLE_FILE',
        wholeFile(file),
        `is ${kind}: not read; replace it by a file, or move it away`,
      ),
    );
  }
}

/** No error: there may be no scope in it. */
function unopenedWarning({ file, message }: UnopenedFolder): ScopeProblem {
  return warningAt('UNREADABLE_FILE', wholeFile(file), message);
}

function unreadableName(path: string): ScopeProblem {
  return errorAt('INVALID_PATH', wholeFile(path), `its path is not UTF-8: rename the folder`);
}

function tooMany(count: number): ScopeProblem {
  return errorAt(
    'TOO_MANY_SCOPES',
    null,
    `${count} definition files: at most ${pathsMax} are read; exclude generated ones with .gitignore`,
  );
}
