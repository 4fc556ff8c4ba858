import type { ScopePath } from '../../core/index.ts';
import type { Detector, Unit } from '../detector.ts';
import { folderMatcher } from '../globs.ts';
import type { LinkKind, Links } from '../links.ts';
import { isTable, readToml, tableIn, textIn, textsIn, type Table } from '../manifests.ts';
import { usablePatterns } from '../members.ts';
import { uniqueNames, type PackageNames } from '../names.ts';
import type { Notices } from '../notices.ts';
import { baseName, folderOf, isSample, isWithin, joinPath } from '../paths.ts';
import type { ScopeFolders } from '../scope-folders.ts';
import type { RepositoryTree } from '../tree.ts';

interface Project {
  readonly folder: ScopePath;
  readonly file: string;
  readonly manifest: Table;
  /** In the form that is compared. */
  readonly name: string | null;
}

/** Python projects by pyproject.toml: the standard tables, uv and Poetry. */
export const pythonDetector: Detector = {
  title: 'pyproject.toml',
  detect: (tree, notices) => {
    const projects = findProjects(tree, notices);
    const named = projects.flatMap(({ name, file }) => (name === null ? [] : [{ name, file }]));
    const known = { byName: uniqueNames(named, notices) };
    return {
      units: projects.map(unitOf),
      addLinks: (folders, links) => {
        for (const project of projects) addProjectLinks(project, { ...known, folders }, links);
      },
    };
  },
};

/** The members of uv workspaces, and every other project that is no sample. */
function findProjects(tree: RepositoryTree, notices: Notices): Project[] {
  const workspaces: { readonly root: ScopePath; readonly lists: (folder: string) => boolean }[] = [];
  const projects: Project[] = [];
  const files = tree.named('pyproject.toml').toSorted((a, b) => a.split('/').length - b.split('/').length);
  for (const file of files) {
    const folder = folderOf(file);
    const isMember = workspaces.some(({ root, lists }) => isWithin(root, folder) && lists(folder));
    if (!isMember && isSample(folder)) continue;
    const manifest = readToml(tree, file, notices);
    if (manifest === null) continue;
    const name =
      textIn(tableIn(manifest, 'project'), 'name') ?? textIn(tableIn(manifest, 'tool', 'poetry'), 'name');
    // Without a name it configures tools, and is no project.
    if (isMember || name !== null)
      projects.push({ folder, file, manifest, name: name === null ? null : comparable(name) });
    const lists = workspaceMembers(folder, manifest, file, notices);
    if (lists !== null) workspaces.push({ root: folder, lists });
  }
  return projects;
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

/** `My.Project_x` and `my-project-x` are one name. */
function comparable(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function unitOf({ folder, file, manifest }: Project): Unit {
  const project = tableIn(manifest, 'project');
  const poetry = tableIn(manifest, 'tool', 'poetry');
  const name = textIn(project, 'name') ?? textIn(poetry, 'name');
  const isApplication = isTable(project['scripts']) || isTable(poetry['scripts']) || isInApps(folder);
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

interface Requirement {
  readonly name: string;
  readonly kind: LinkKind;
  /** A table of uv or Poetry that says where it comes from. */
  readonly origin: Table | null;
}

function addProjectLinks(project: Project, known: Known, links: Links): void {
  for (const { name, kind, origin } of requirementsOf(project.manifest)) {
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

function requirementsOf(manifest: Table): Requirement[] {
  return [...standardRequirements(manifest), ...poetryRequirements(manifest)];
}

/** `[project]`, its extras and `[dependency-groups]`; `[tool.uv.sources]` tells where they come from. */
function standardRequirements(manifest: Table): Requirement[] {
  const project = tableIn(manifest, 'project');
  const sources = new Map(
    Object.entries(tableIn(manifest, 'tool', 'uv', 'sources')).map(([name, origin]) => [
      comparable(name),
      origin,
    ]),
  );
  const read = (table: Table, kind: LinkKind): Requirement[] =>
    Object.keys(table)
      .flatMap((key) => textsIn(table, key))
      .flatMap((text) => requirementOf(text, kind, sources));
  return [
    ...read({ dependencies: project['dependencies'] }, 'required'),
    ...read(tableIn(project, 'optional-dependencies'), 'optional'),
    ...read(tableIn(manifest, 'dependency-groups'), 'development'),
  ];
}

/** The name that a requirement (PEP 508) begins with. */
function requirementOf(text: string, kind: LinkKind, sources: ReadonlyMap<string, unknown>): Requirement[] {
  const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text)?.[1];
  if (name === undefined) return [];
  const origin = sources.get(comparable(name));
  return [{ name: comparable(name), kind, origin: isTable(origin) ? origin : null }];
}

function poetryRequirements(manifest: Table): Requirement[] {
  const poetry = tableIn(manifest, 'tool', 'poetry');
  const read = (table: Table, kind: LinkKind): Requirement[] =>
    Object.entries(table).map(([name, origin]) => ({
      name: comparable(name),
      kind: isTable(origin) && origin['optional'] === true ? 'optional' : kind,
      origin: isTable(origin) ? origin : null,
    }));
  const groups = Object.values(tableIn(poetry, 'group')).map((group) => tableIn(group, 'dependencies'));
  return [
    ...read(tableIn(poetry, 'dependencies'), 'required'),
    ...read(tableIn(poetry, 'dev-dependencies'), 'development'),
    ...groups.flatMap((group) => read(group, 'development')),
  ];
}
