import type { ScopePath } from '../../core/index.ts';
import type { Detected, Detector, Unit, UnitType } from '../detector.ts';
import { folderMatcher } from '../globs.ts';
import type { LinkKind, Links } from '../links.ts';
import { isTable, readJson, readYaml, tableIn, textIn, textsIn, type Table } from '../manifests.ts';
import { noteMissing, usablePatterns } from '../members.ts';
import { uniqueNames, type PackageNames } from '../names.ts';
import type { Notices } from '../notices.ts';
import { folderOf, isSample, isWithin, joinPath, baseName } from '../paths.ts';
import type { ScopeFolders } from '../scope-folders.ts';
import type { RepositoryTree } from '../tree.ts';
import { addImportLinks } from './javascript-imports.ts';

/** A package.json that makes its folder a part of the repository. */
interface Package {
  readonly folder: ScopePath;
  readonly file: string;
  readonly name: string | null;
  readonly manifest: Table;
}

/** A folder whose manifest lists the packages below it. */
interface Workspace {
  readonly root: ScopePath;
  readonly lists: (folder: string) => boolean;
}

/** npm, pnpm and yarn workspaces, single packages, and the imports of TypeScript and JavaScript. */
export const javascriptDetector: Detector = {
  title: 'package.json',
  detect: (tree, notices) => {
    const packages = findPackages(tree, notices);
    const byName = namesOf(packages, notices);
    return {
      units: packages.map(unitOf),
      addLinks: (folders, links) => {
        for (const one of packages) addManifestLinks(one, { byName, folders }, links);
        addImportLinks({ tree, notices, folders, links, packages: byName });
      },
    } satisfies Detected;
  },
};

/**
 * Inside of a workspace its members; outside of any, every named package that is no sample. In the order of paths, so a
 * workspace comes before what is below it.
 */
function findPackages(tree: RepositoryTree, notices: Notices): Package[] {
  const packages: Package[] = [];
  const workspaces = pnpmWorkspaces(tree, notices);
  for (const file of manifestsTopDown(tree)) {
    const folder = folderOf(file);
    const around = workspaces.filter(({ root }) => root !== folder && isWithin(root, folder));
    const isMember = around.some(({ lists }) => lists(folder));
    if (!isMember && (around.length > 0 || isSample(folder))) continue;
    const manifest = readJson(tree, file, notices);
    if (manifest === null) continue;
    const name = textIn(manifest, 'name');
    if (isMember || name !== null) packages.push({ folder, file, name, manifest });
    const given = npmPatterns(manifest);
    if (given === null || workspaces.some(({ root }) => root === folder)) continue;
    const patterns = usablePatterns(given, file, notices);
    noteMissing(tree, { root: folder, patterns, file, manifest: 'package.json' }, notices);
    workspaces.push({ root: folder, lists: folderMatcher({ root: folder, patterns, negation: 'last' }) });
  }
  return packages;
}

function manifestsTopDown(tree: RepositoryTree): string[] {
  const files = tree.named('package.json').filter((file) => !file.split('/').includes('node_modules'));
  return files.toSorted((a, b) => a.split('/').length - b.split('/').length);
}

function pnpmWorkspaces(tree: RepositoryTree, notices: Notices): Workspace[] {
  return tree.named('pnpm-workspace.yaml').flatMap((file) => {
    if (isSample(folderOf(file))) return [];
    const manifest = readYaml(tree, file, notices);
    if (manifest === null || manifest['packages'] === undefined) return [];
    const root = folderOf(file);
    const patterns = usablePatterns(textsIn(manifest, 'packages'), file, notices);
    noteMissing(tree, { root, patterns, file, manifest: 'package.json' }, notices);
    return [{ root, lists: folderMatcher({ root, patterns, negation: 'exclude' }) }];
  });
}

/** A list of patterns, or (yarn) a table that has it under `packages`. */
function npmPatterns(manifest: Table): string[] | null {
  const given = manifest['workspaces'];
  if (given === undefined) return null;
  return isTable(given) ? textsIn(given, 'packages') : textsIn(manifest, 'workspaces');
}

function unitOf({ folder, file, name, manifest }: Package): Unit {
  return { path: folder, names: name === null ? [] : [name], type: typeOf(folder, manifest), source: file };
}

function typeOf(folder: ScopePath, manifest: Table): UnitType {
  const isApplication = manifest['bin'] !== undefined || baseName(folderOf(folder)) === 'apps';
  return isApplication ? 'application' : 'library';
}

function namesOf(packages: readonly Package[], notices: Notices): PackageNames {
  const named = packages.flatMap(({ name, file }) => (name === null ? [] : [{ name, file }]));
  return uniqueNames(named, notices);
}

const sections: readonly (readonly [key: string, kind: LinkKind])[] = [
  ['dependencies', 'required'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'peer'],
  ['devDependencies', 'development'],
];

interface Known {
  readonly byName: PackageNames;
  readonly folders: ScopeFolders;
}

function addManifestLinks({ folder, file, manifest }: Package, known: Known, links: Links): void {
  for (const [section, kind] of sections)
    for (const [name, specifier] of Object.entries(tableIn(manifest, section))) {
      const target = targetOf(folder, name, specifier, known);
      if (target !== null) links.add(folder, target, kind, file);
    }
}

/** A path wins over the name; an alias (`npm:other@1`, `workspace:other@*`) is what it stands for. */
function targetOf(folder: ScopePath, name: string, specifier: unknown, known: Known): ScopePath | null {
  const text = typeof specifier === 'string' ? specifier : '';
  const path = /^(?:file|link|portal|workspace):(\.{1,2}(?:\/.*)?)$/.exec(text)?.[1];
  if (path !== undefined) return known.folders.known(joinPath(folder, path));
  const alias = /^(?:npm|workspace):(@?[^@]+)@/.exec(text)?.[1];
  return known.byName.get(alias ?? name) ?? null;
}
