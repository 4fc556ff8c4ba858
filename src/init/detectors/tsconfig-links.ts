import type { Links } from '../graph/links.ts';
import { folderOf, isSample, isWithin } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import type { Tsconfig, Tsconfigs } from './tsconfig.ts';

const configPattern = /(?:^|\/)tsconfig(?:\.[^/]+)?\.json$/;
const testPattern = /\.(?:test|spec|e2e)\.json$/;

/** Adds what TypeScript's configuration declares: the projects that one references, and the configuration that it extends. */
export function addTsconfigLinks(
  tree: RepositoryTree,
  configs: Tsconfigs,
  folders: ScopeFolders,
  links: Links,
): void {
  for (const file of tree.files) {
    if (!file.endsWith('.json') || !configPattern.test(file) || isSample(folderOf(file))) continue;
    const config = configs.read(file);
    addReferences(config, folders, links);
    addBases(config, folders, links);
  }
}

/** One that names no files of its own is, as far as it references what lies below it, a list of what to build. */
function addReferences(
  { file, references, namesFiles }: Tsconfig,
  folders: ScopeFolders,
  links: Links,
): void {
  const folder = folderOf(file);
  const needed = namesFiles ? references : references.filter((path) => !isWithin(folder, path));
  const kind = testPattern.test(file) ? 'development' : 'required';
  for (const path of needed) links.add(folders.of(folder), folders.of(path), kind, file);
}

/** What lies around a folder holds for all in it, and is nothing that it depends on more than on its other surroundings. */
function addBases({ file, bases }: Tsconfig, folders: ScopeFolders, links: Links): void {
  const from = folders.of(folderOf(file));
  for (const base of bases) {
    const to = folders.of(folderOf(base));
    if (!isWithin(to, from)) links.add(from, to, 'development', file);
  }
}
