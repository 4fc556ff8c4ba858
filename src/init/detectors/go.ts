import type { ScopePath } from '../../core/index.ts';
import type { Detector } from './detector.ts';
import type { Unit } from './unit.ts';
import type { Links } from '../graph/links.ts';
import { warning, type Notices } from '../notices.ts';
import { baseName, folderOf, isSample, isWithin, joinPath } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import {
  goDirectives,
  goImports,
  goImportsByLooks,
  goPackageName,
  hasBrokenImports,
  isOutOfBuild,
  unendedBlockLine,
  type Directive,
} from './go-source.ts';

interface GoModule {
  readonly folder: ScopePath;
  readonly file: string;
  /** What import paths of its packages begin with. */
  readonly prefix: string;
  /** What `replace` puts in the place of modules, by their prefixes; null: something from elsewhere. */
  readonly replaced: ReadonlyMap<string, ScopePath | null>;
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
        const folderSet = new Set(packages.map(({ folder }) => folder));
        const known = { folders, byPrefix, packages: folderSet, notices };
        for (const one of packages) addPackageLinks(tree, one, known, links);
      },
    };
  },
};

function findModules(tree: RepositoryTree, notices: Notices): GoModule[] {
  const used = usedByWorkspaces(tree, notices);
  return tree.named('go.mod').flatMap((file) => {
    const folder = folderOf(file);
    if (isSample(folder) && !used.has(folder)) return [];
    const text = tree.read(file);
    if (text === null) return [];
    const directives = goDirectives(text);
    const prefix = directives.find(({ verb }) => verb === 'module')?.words[0];
    if (prefix === undefined) {
      noteBroken(file, 1, 'it has no module line', notices);
      return [];
    }
    noteUnended(text, file, notices);
    // Where both replace a module, the workspace wins.
    const replaced = new Map([...replacementsIn(folder, directives), ...(used.get(folder) ?? [])]);
    return [{ folder, file, prefix, replaced }];
  });
}

function noteUnended(text: string, file: string, notices: Notices): void {
  const line = unendedBlockLine(text);
  if (line !== null) noteBroken(file, line, 'a block in it has no end', notices);
}

function noteBroken(file: string, line: number, reason: string, notices: Notices): void {
  const message = `cannot be used: ${reason}; what it says was left out, repair it and run this again`;
  notices.addGap(warning('MANIFEST_BROKEN', { file, line }, message));
}

/** `replace x/old v1.0.0 => ./fork`; what stands there without a dot first is a module of another repository. */
function replacementsIn(folder: ScopePath, directives: readonly Directive[]): Map<string, ScopePath | null> {
  const replaced = new Map<string, ScopePath | null>();
  for (const { verb, words } of directives) {
    const [old, by] = [words[0], words[words.indexOf('=>') + 1]];
    if (verb !== 'replace' || old === undefined || by === undefined || !words.includes('=>')) continue;
    replaced.set(old, by.startsWith('.') ? joinPath(folder, by) : null);
  }
  return replaced;
}

/** The folders that go.work names, with what is replaced in them; what is missing there is noted. */
function usedByWorkspaces(tree: RepositoryTree, notices: Notices): Map<ScopePath, GoModule['replaced']> {
  const used = new Map<ScopePath, GoModule['replaced']>();
  for (const file of tree.named('go.work')) {
    const text = tree.read(file) ?? '';
    noteUnended(text, file, notices);
    const directives = goDirectives(text);
    const replaced = replacementsIn(folderOf(file), directives);
    for (const { verb, words } of directives) {
      const folder = verb === 'use' ? joinPath(folderOf(file), words[0] ?? '') : null;
      if (folder === null) continue;
      used.set(folder, replaced);
      if (!tree.has(folder === '.' ? 'go.mod' : `${folder}/go.mod`))
        notices.add(warning('MEMBER_MISSING', { file }, `uses ${folder}, where no go.mod is`));
    }
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

/** What the first file says that is built and no test; else the first one that there is. */
function packageName(tree: RepositoryTree, files: readonly string[]): string {
  let name: string | null = null;
  for (const file of files) {
    if (file.endsWith('_test.go')) continue;
    const text = tree.readSource(file) ?? '';
    if (!isOutOfBuild(text)) return goPackageName(text);
    name ??= goPackageName(text);
  }
  return name ?? goPackageName(tree.readSource(files[0] ?? '') ?? '');
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
  readonly notices: Notices;
}

function addPackageLinks(tree: RepositoryTree, from: GoPackage, known: Known, links: Links): void {
  for (const file of from.files) {
    const text = tree.readSource(file) ?? '';
    const kind = file.endsWith('_test.go') || isOutOfBuild(text) ? 'development' : 'import';
    for (const path of importsOf(text, file, known.notices)) {
      const target = packageAt(path, from.module, known);
      if (target !== null) links.add(from.folder, target, kind, file);
    }
  }
}

function importsOf(text: string, file: string, notices: Notices): Iterable<string> {
  if (!hasBrokenImports(text)) return goImports(text);
  const message = 'cannot be parsed: its imports were found by their looks, check them';
  notices.add(warning('SOURCE_BROKEN', { file }, message));
  return new Set([...goImports(text), ...goImportsByLooks(text)]);
}

/** The folder of the package of an import path: of the module with the longest prefix. */
function packageAt(
  path: string,
  { replaced }: GoModule,
  { byPrefix, packages, folders }: Known,
): ScopePath | null {
  for (let prefix = path; prefix !== '.'; prefix = folderOf(prefix)) {
    const root = replaced.has(prefix) ? replaced.get(prefix) : byPrefix.get(prefix)?.folder;
    if (root === undefined) continue;
    const folder = root === null ? null : joinPath(root, path.slice(prefix.length + 1) || '.');
    return folder !== null && packages.has(folder) ? folders.of(folder) : null;
  }
  return null;
}
