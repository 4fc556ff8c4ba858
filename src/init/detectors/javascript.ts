import type { ScopePath } from '../../core/index.ts';
import type { Detected, Detector } from './detector.ts';
import type { Unit, UnitType } from './unit.ts';
import { folderListing, type Listing } from './globs.ts';
import type { Links } from '../graph/links.ts';
import { isTable, readJson, readYaml, tableIn, textIn, textsIn, type Table } from './manifests.ts';
import { noteMissing, usablePatterns } from './members.ts';
import { uniqueNames, type PackageNames } from './names.ts';
import { Notices } from '../notices.ts';
import { folderOf, isSample, baseName } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { addImportLinks } from './javascript-imports.ts';
import { NxProjects } from './nx-projects.ts';
import { dependenciesIn, PackageMeanings } from './package-meanings.ts';
import type { ScopeFolders } from './scope-folders.ts';
import { addTsconfigLinks } from './tsconfig-links.ts';
import { Tsconfigs } from './tsconfig.ts';

/** A package.json that makes its folder a part of the repository. */
interface Package {
  readonly folder: ScopePath;
  readonly file: string;
  readonly name: string | null;
  readonly manifest: Table;
  /** A workspace lists it. */
  readonly isMember: boolean;
}

/** A folder whose manifest lists the packages below it. */
interface Workspace {
  readonly root: ScopePath;
  readonly listing: (folder: string) => Listing;
}

/** npm, pnpm and yarn workspaces, single packages, and the imports of TypeScript and JavaScript. */
export const javascriptDetector: Detector = {
  title: 'package.json',
  detect: (tree, notices) => {
    const packages = findPackages(tree, notices);
    const manifests = new Map(packages.map(({ folder, manifest }) => [folder, manifest]));
    return {
      units: packages.map(unitOf),
      addLinks: (folders, links) => {
        const meanings = new PackageMeanings({
          byName: namesOf(packages, folders, notices),
          folders,
          manifests,
        });
        const projects = new NxProjects(folders);
        for (const one of packages) addManifestLinks(one, { meanings, projects }, links);
        if (folders.size < 2) return;
        const configs = new Tsconfigs(tree, meanings, notices);
        addTsconfigLinks(tree, configs, folders, links);
        addImportLinks({ tree, notices, folders, links, packages: meanings, configs });
      },
    } satisfies Detected;
  },
};

/**
 * The members of workspaces, and every other named package that no workspace excludes and that is no sample. In the order
 * of paths, so a workspace comes before what is below it.
 */
function findPackages(tree: RepositoryTree, notices: Notices): Package[] {
  const packages: Package[] = [];
  const workspaces = pnpmWorkspaces(tree, notices);
  for (const file of manifestsTopDown(tree)) {
    const folder = folderOf(file);
    const listings = workspaces.flatMap(({ root, listing }) => (root === folder ? [] : listing(folder)));
    const isMember = listings.includes('listed');
    if (!isMember && (listings.includes('excluded') || isSample(folder))) continue;
    const manifest = readJson(tree, file, notices);
    if (manifest === null) continue;
    const name = textIn(manifest, 'name');
    if (isMember || name !== null) packages.push({ folder, file, name, manifest, isMember });
    const given = npmPatterns(manifest);
    if (given === null || workspaces.some(({ root }) => root === folder)) continue;
    const patterns = usablePatterns(given, file, notices);
    noteMissing(tree, { root: folder, patterns, file, manifest: 'package.json' }, notices);
    workspaces.push({ root: folder, listing: folderListing({ root: folder, patterns, negation: 'last' }) });
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
    return [{ root, listing: folderListing({ root, patterns, negation: 'exclude' }) }];
  });
}

/** A list of patterns, or (yarn) a table that has it under `packages`. */
function npmPatterns(manifest: Table): string[] | null {
  const given = manifest['workspaces'];
  if (given === undefined) return null;
  return isTable(given) ? textsIn(given, 'packages') : textsIn(manifest, 'workspaces');
}

/** Nx may know it by another name as well. */
function unitOf({ folder, file, name, manifest, isMember }: Package): Unit {
  const names = [name, textIn(tableIn(manifest, 'nx'), 'name')].filter((one) => one !== null);
  return { path: folder, names, type: typeOf(folder, manifest), source: file, isMember };
}

function typeOf(folder: ScopePath, manifest: Table): UnitType {
  const isRun = manifest['bin'] !== undefined || baseName(folderOf(folder)) === 'apps';
  const isApplication = isRun || (manifest['private'] === true && !isImported(manifest));
  return isApplication ? 'application' : 'library';
}

/** Whether a package offers anything to import: a site, or an example, does not. */
function isImported(manifest: Table): boolean {
  return ['main', 'module', 'exports', 'types', 'typings'].some((key) => manifest[key] !== undefined);
}

/**
 * A member's name means the member: that is what its package manager links, whatever else is called alike. What is left to the scope
 * around it is meant only where nothing else is.
 */
function namesOf(packages: readonly Package[], folders: ScopeFolders, notices: Notices): PackageNames {
  const named = packages.flatMap((one) => (one.name === null ? [] : [{ ...one, name: one.name }]));
  const kept = named.filter(({ folder }) => !folders.isAside(folder));
  const members = uniqueNames(
    kept.filter(({ isMember }) => isMember),
    notices,
  );
  const others = uniqueNames(
    kept.filter(({ isMember, name }) => !isMember && !members.has(name)),
    notices,
  );
  const aside = uniqueNames(
    named.filter(({ folder }) => folders.isAside(folder)),
    new Notices(),
  );
  return new Map([...aside, ...others, ...members]);
}

interface Known {
  readonly meanings: PackageMeanings;
  readonly projects: NxProjects;
}

function addManifestLinks(
  { folder, file, manifest }: Package,
  { meanings, projects }: Known,
  links: Links,
): void {
  for (const { name, specifier, kind } of dependenciesIn(manifest)) {
    const target = meanings.ofEntry(folder, name, specifier);
    if (target !== null) links.add(folder, target, kind, file);
  }
  for (const target of projects.declaredIn(tableIn(manifest, 'nx'), tableIn(manifest, 'scripts')))
    links.add(folder, target, 'required', file);
}
