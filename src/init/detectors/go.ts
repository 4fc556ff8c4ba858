import type { ScopePath } from '../../core/index.ts';
import type { Detector, Unit } from '../detector.ts';
import type { Links } from '../links.ts';
import { warning, type Notices } from '../notices.ts';
import { baseName, folderOf, isSample, isWithin, joinPath } from '../paths.ts';
import type { ScopeFolders } from '../scope-folders.ts';
import type { RepositoryTree } from '../tree.ts';
import { goDirectives, goImports, goPackageName } from './go-source.ts';

interface GoModule {
  readonly folder: ScopePath;
  readonly file: string;
  /** What import paths of its packages begin with. */
  readonly prefix: string;
}

interface GoPackage {
  readonly folder: ScopePath;
  readonly module: GoModule;
  readonly files: readonly string[];
  readonly name: string;
}

/** Go modules and the packages in them. The dependencies are the imports; a manifest names whole modules only. */
export const goDetector: Detector = {
  title: 'go.mod',
  detect: (tree, notices) => {
    const modules = findModules(tree, notices);
    const packages = findPackages(tree, modules);
    return {
      units: packages.map(unitOf),
      addLinks: (folders, links) => {
        const byPrefix = new Map(modules.map((module) => [module.prefix, module]));
        const known = { folders, byPrefix, packages: new Set(packages.map(({ folder }) => folder)) };
        for (const one of packages) addPackageLinks(tree, one, known, links);
      },
    };
  },
};

function findModules(tree: RepositoryTree, notices: Notices): GoModule[] {
  const used = usedByWorkspace(tree, notices);
  return tree.named('go.mod').flatMap((file) => {
    const folder = folderOf(file);
    if (isSample(folder) && !used.has(folder)) return [];
    const text = tree.read(file);
    if (text === null) return [];
    const prefix = goDirectives(text).find(({ verb }) => verb === 'module')?.words[0];
    if (prefix !== undefined) return [{ folder, file, prefix }];
    const message = `cannot be used: it has no module line; what it says was left out, repair it and run this again`;
    notices.addGap(warning('MANIFEST_BROKEN', { file, line: 1 }, message));
    return [];
  });
}

/** What go.work names; what is missing there is noted. */
function usedByWorkspace(tree: RepositoryTree, notices: Notices): Set<ScopePath> {
  const used = new Set<ScopePath>();
  for (const file of tree.named('go.work'))
    for (const { verb, words } of goDirectives(tree.read(file) ?? '')) {
      const folder = verb === 'use' ? joinPath(folderOf(file), words[0] ?? '') : null;
      if (folder === null) continue;
      used.add(folder);
      if (!tree.has(folder === '.' ? 'go.mod' : `${folder}/go.mod`))
        notices.add(warning('MEMBER_MISSING', { file }, `uses ${folder}, where no go.mod is`));
    }
  return used;
}

/** Every folder with Go files in a module, in the sense of the go command: no `testdata`, no `vendor`, no `_` or `.` first. */
function findPackages(tree: RepositoryTree, modules: readonly GoModule[]): GoPackage[] {
  const innermostFirst = modules.toSorted((a, b) => b.folder.length - a.folder.length);
  const byFolder = new Map<ScopePath, string[]>();
  for (const file of tree.files) if (file.endsWith('.go')) addTo(byFolder, folderOf(file), file);
  return [...byFolder].flatMap(([folder, files]) => {
    const module = innermostFirst.find((one) => isWithin(one.folder, folder));
    if (module === undefined || isIgnored(folder)) return [];
    return [{ folder, module, files, name: packageName(tree, files) }];
  });
}

function addTo(byFolder: Map<ScopePath, string[]>, folder: ScopePath, file: string): void {
  const files = byFolder.get(folder);
  if (files === undefined) byFolder.set(folder, [file]);
  else files.push(file);
}

function isIgnored(folder: ScopePath): boolean {
  const parts = folder.split('/');
  return folder !== '.' && parts.some((part) => /^(?:testdata|vendor)$|^[._]/.test(part));
}

/** What the first file that is no test says it is. */
function packageName(tree: RepositoryTree, files: readonly string[]): string {
  const file = files.find((name) => !name.endsWith('_test.go')) ?? files[0] ?? '';
  return goPackageName(tree.readSource(file) ?? '');
}

function unitOf({ folder, module, files, name }: GoPackage): Unit {
  const inside =
    folder === module.folder ? '' : folder.slice(module.folder === '.' ? 0 : module.folder.length + 1);
  const path = inside === '' ? module.prefix : `${module.prefix}/${inside}`;
  return {
    path: folder,
    names: [inside === '' ? baseName(module.prefix) : inside, path],
    type: name === 'main' ? 'application' : 'library',
    source: folder === module.folder ? module.file : (files[0] ?? module.file),
  };
}

interface Known {
  readonly folders: ScopeFolders;
  readonly byPrefix: ReadonlyMap<string, GoModule>;
  readonly packages: ReadonlySet<ScopePath>;
}

function addPackageLinks(
  tree: RepositoryTree,
  { folder, files }: GoPackage,
  known: Known,
  links: Links,
): void {
  for (const file of files)
    for (const path of goImports(tree.readSource(file) ?? '')) {
      const target = packageAt(path, known);
      if (target === null) continue;
      links.add(folder, target, file.endsWith('_test.go') ? 'development' : 'import', file);
    }
}

/** The folder of the package of an import path: of the module with the longest prefix. */
function packageAt(path: string, { byPrefix, packages, folders }: Known): ScopePath | null {
  for (let prefix = path; prefix !== '.'; prefix = folderOf(prefix)) {
    const module = byPrefix.get(prefix);
    if (module === undefined) continue;
    const folder = joinPath(module.folder, path.slice(prefix.length + 1) || '.');
    return folder !== null && packages.has(folder) ? folders.of(folder) : null;
  }
  return null;
}
