import type { ScopePath } from '../../core/index.ts';
import type { Detector } from './detector.ts';
import type { Unit } from './unit.ts';
import { folderMatcher } from './globs.ts';
import type { Links } from '../graph/links.ts';
import { isTable, readToml, tableIn, textIn, textsIn, type Table } from './manifests.ts';
import { usablePatterns } from './members.ts';
import { uniqueNames, type PackageNames } from './names.ts';
import { Notices } from '../notices.ts';
import { baseName, byText, depthOf, folderOf, isSample, isWithin, joinPath } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { comparable, requirementsOf, type Requirement } from './python-requirements.ts';
import { readSetup } from './python-setup.ts';

interface Project {
  readonly folder: ScopePath;
  /** The first of its manifests that names it. */
  readonly file: string;
  /** Of pyproject.toml; empty without one. */
  readonly manifest: Table;
  readonly name: string | null;
  readonly requirements: readonly Requirement[];
}

const manifestNames = ['pyproject.toml', 'setup.cfg', 'setup.py'];

/** Python projects by pyproject.toml (the standard tables, uv and Poetry), setup.cfg and setup.py. */
export const pythonDetector: Detector = {
  title: 'pyproject.toml',
  detect: (tree, notices) => {
    const projects = findProjects(tree, notices);
    const sources = new Set(projects.map(({ file }) => baseName(file)));
    return {
      units: projects.map(unitOf),
      origins: manifestNames.filter((name) => sources.has(name)),
      addLinks: (folders, links) => {
        const byName = namesOf(projects, folders, notices);
        for (const project of projects) addProjectLinks(project, { byName, folders }, links);
      },
    };
  },
};

/** What is left to the scope around it is meant only where nothing else is called so. */
function namesOf(projects: readonly Project[], folders: ScopeFolders, notices: Notices): PackageNames {
  const named = projects.flatMap(({ name, file, folder }) =>
    name === null ? [] : [{ name: comparable(name), file, isAside: folders.isAside(folder) }],
  );
  const kept = uniqueNames(
    named.filter(({ isAside }) => !isAside),
    notices,
  );
  const aside = uniqueNames(
    named.filter(({ isAside }) => isAside),
    new Notices(),
  );
  return new Map([...aside, ...kept]);
}

/** The members of uv workspaces, and every other project that is no sample. */
function findProjects(tree: RepositoryTree, notices: Notices): Project[] {
  const workspaces: { readonly root: ScopePath; readonly lists: (folder: string) => boolean }[] = [];
  const projects: Project[] = [];
  for (const folder of foldersTopDown(tree)) {
    const isMember = workspaces.some(({ root, lists }) => isWithin(root, folder) && lists(folder));
    if (!isMember && isSample(folder)) continue;
    const file = folder === '.' ? 'pyproject.toml' : `${folder}/pyproject.toml`;
    const manifest = tree.has(file) ? readToml(tree, file, notices) : null;
    const project = projectAt(tree, { folder, file, manifest, isMember }, notices);
    if (project !== null) projects.push(project);
    const lists = manifest === null ? null : workspaceMembers(folder, manifest, file, notices);
    if (lists !== null) workspaces.push({ root: folder, lists });
  }
  return projects;
}

function foldersTopDown(tree: RepositoryTree): ScopePath[] {
  const folders = new Set(manifestNames.flatMap((name) => tree.named(name)).map(folderOf));
  return [...folders].sort((a, b) => depthOf(a) - depthOf(b) || byText(a, b));
}

interface Found {
  readonly folder: ScopePath;
  readonly file: string;
  readonly manifest: Table | null;
  readonly isMember: boolean;
}

/** Without a name a pyproject.toml configures tools, and so does a setup.cfg: then there is no project. */
function projectAt(
  tree: RepositoryTree,
  { folder, file, manifest, isMember }: Found,
  notices: Notices,
): Project | null {
  const ownName = manifest === null ? null : nameIn(manifest);
  const setup = ownName === null || isDynamic(manifest) ? readSetup(tree, folder, notices) : null;
  const isSetUp = setup?.isProject === true;
  if (ownName === null && !isSetUp && (manifest === null || !isMember)) return null;
  return {
    folder,
    file: ownName === null && isSetUp ? setup.file : file,
    manifest: manifest ?? {},
    name: ownName ?? setup?.name ?? null,
    requirements: requirementsOf(manifest ?? {}, setup?.requirements ?? []),
  };
}

function nameIn(manifest: Table): string | null {
  return textIn(tableIn(manifest, 'project'), 'name') ?? textIn(tableIn(manifest, 'tool', 'poetry'), 'name');
}

/** What it requires stands elsewhere. */
function isDynamic(manifest: Table | null): boolean {
  const dynamic = textsIn(tableIn(manifest, 'project'), 'dynamic');
  return dynamic.includes('dependencies') || dynamic.includes('optional-dependencies');
}

function workspaceMembers(
  root: ScopePath,
  manifest: Table,
  file: string,
  notices: Notices,
): ((folder: string) => boolean) | null {
  const workspace = tableIn(manifest, 'tool', 'uv', 'workspace');
  const members = usablePatterns(textsIn(workspace, 'members'), file, notices);
  if (members.length === 0) return null;
  const excluded = usablePatterns(textsIn(workspace, 'exclude'), file, notices).map((one) => `!${one}`);
  return folderMatcher({ root, patterns: [...members, ...excluded], negation: 'exclude' });
}

function unitOf({ folder, file, manifest, name }: Project): Unit {
  const tables = [tableIn(manifest, 'project'), tableIn(manifest, 'tool', 'poetry')];
  const isApplication = isInApps(folder) || tables.some(({ scripts }) => isTable(scripts));
  return {
    path: folder,
    names: name === null ? [] : [name],
    type: isApplication ? 'application' : 'library',
    source: file,
  };
}

function isInApps(folder: ScopePath): boolean {
  return baseName(folderOf(folder)) === 'apps';
}

interface Known {
  readonly byName: PackageNames;
  readonly folders: ScopeFolders;
}

function addProjectLinks(project: Project, known: Known, links: Links): void {
  for (const { name, kind, origin } of project.requirements) {
    const target = targetOf(project.folder, name, origin, known);
    if (target !== null) links.add(project.folder, target, kind, project.file);
  }
}

/** A path says where; a registry or another repository says that it is not here; else the name counts. */
function targetOf(folder: ScopePath, name: string, origin: Table | null, known: Known): ScopePath | null {
  const path = origin === null ? null : textIn(origin, 'path');
  if (path !== null) return known.folders.known(joinPath(folder, path));
  if (origin !== null && ['git', 'url', 'index'].some((key) => origin[key] !== undefined)) return null;
  return known.byName.get(name) ?? null;
}
