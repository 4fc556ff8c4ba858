import type { ScopePath } from '../../core/index.ts';
import type { Detector } from './detector.ts';
import type { Unit } from './unit.ts';
import { folderMatcher, literalFolders } from './globs.ts';
import type { LinkKind, Links } from '../graph/links.ts';
import { isTable, readToml, tableIn, textIn, textsIn, type Table } from './manifests.ts';
import { noteMissing, usablePatterns } from './members.ts';
import type { Notices } from '../notices.ts';
import { folderOf, isSample, isWithin, joinPath } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from '../tree/tree.ts';

interface Crate {
  readonly folder: ScopePath;
  readonly file: string;
  readonly manifest: Table;
  /** The folder of the workspace it belongs to, and what that says; null outside of any. */
  readonly workspace: CargoWorkspace | null;
}

interface CargoWorkspace {
  readonly root: ScopePath;
  readonly manifest: Table;
  readonly members: readonly string[];
}

/** Cargo workspaces, and crates outside of any. Only a dependency with a path is one of this repository. */
export const cargoDetector: Detector = {
  title: 'Cargo.toml',
  detect: (tree, notices) => {
    const { crates, samples } = findCrates(tree, notices);
    return {
      units: crates.filter(isPart(crates)).map((crate) => unitOf(tree, crate)),
      // One that no workspace has may be a scope by another manifest, or since a person says so; then one among samples, too.
      addLinks: (folders, links) => {
        const others = samples.filter(({ folder }) => folders.has(folder) && !folders.isAside(folder));
        const read = others.flatMap((one) => readCrate(tree, one, notices) ?? []);
        for (const crate of [...crates.filter(({ folder }) => folders.has(folder)), ...read])
          addCrateLinks(crate, folders, links);
      },
    };
  },
};

type CratePlace = Pick<Crate, 'folder' | 'file'>;

interface FoundCrates {
  readonly crates: readonly Crate[];
  /** Among examples or test data, and in no workspace: not read, since they may be anything. */
  readonly samples: readonly CratePlace[];
}

function readCrate(tree: RepositoryTree, place: CratePlace, notices: Notices): Crate | null {
  const manifest = readToml(tree, place.file, notices);
  return manifest === null ? null : { ...place, manifest, workspace: null };
}

function findCrates(tree: RepositoryTree, notices: Notices): FoundCrates {
  const workspaces: CargoWorkspace[] = [];
  const crates: Crate[] = [];
  const samples: CratePlace[] = [];
  for (const file of tree.named('Cargo.toml').toSorted((a, b) => a.split('/').length - b.split('/').length)) {
    const folder = folderOf(file);
    const workspace =
      workspaces.findLast((one) => isWithin(one.root, folder) && !isExcluded(one, folder)) ?? null;
    if (workspace === null && isSample(folder)) {
      samples.push({ folder, file });
      continue;
    }
    const manifest = readToml(tree, file, notices);
    if (manifest === null) continue;
    const own = isTable(manifest['workspace']) ? workspaceOf(folder, manifest, file, notices) : null;
    if (own !== null) {
      workspaces.push(own);
      noteMissing(tree, { root: folder, patterns: own.members, file, manifest: 'Cargo.toml' }, notices);
    }
    if (isTable(manifest['package'])) crates.push({ folder, file, manifest, workspace: own ?? workspace });
  }
  return { crates, samples };
}

function workspaceOf(root: ScopePath, manifest: Table, file: string, notices: Notices): CargoWorkspace {
  const members = usablePatterns(textsIn(tableIn(manifest, 'workspace'), 'members'), file, notices);
  return { root, manifest, members };
}

/** What `members` names one by one, and whatever lies in there, cannot be excluded: so Cargo has it. */
function isExcluded({ root, manifest, members }: CargoWorkspace, folder: ScopePath): boolean {
  if (literalFolders({ root, patterns: members }).some((named) => isWithin(named, folder))) return false;
  const excluded = textsIn(tableIn(manifest, 'workspace'), 'exclude').map((path) => joinPath(root, path));
  return excluded.some((path) => path !== null && isWithin(path, folder));
}

/** In a workspace: its root, what `members` names, and, as Cargo has it, whatever those lead to by a path. */
function isPart(crates: readonly Crate[]): (crate: Crate) => boolean {
  const byFolder = new Map(crates.map((crate) => [crate.folder, crate]));
  const parts = new Set(crates.filter(isNamed));
  const pending = [...parts];
  for (let crate = pending.pop(); crate !== undefined; crate = pending.pop())
    for (const { path } of dependenciesOf(crate)) {
      const target = path === null ? undefined : byFolder.get(path);
      if (target === undefined || parts.has(target)) continue;
      parts.add(target);
      pending.push(target);
    }
  return (crate) => parts.has(crate);
}

function isNamed({ folder, workspace }: Crate): boolean {
  if (workspace === null || workspace.root === folder) return true;
  const { root, members } = workspace;
  return folderMatcher({ root, patterns: members, negation: 'exclude' })(folder);
}

function unitOf(tree: RepositoryTree, { folder, file, manifest }: Crate): Unit {
  const name = textIn(tableIn(manifest, 'package'), 'name');
  const main = folder === '.' ? 'src/main.rs' : `${folder}/src/main.rs`;
  const isApplication = tree.has(main) || Array.isArray(manifest['bin']);
  return {
    path: folder,
    names: name === null ? [] : [name],
    type: isApplication ? 'application' : 'library',
    source: file,
  };
}

interface CrateDependency {
  readonly path: ScopePath | null;
  readonly kind: LinkKind;
}

const sections: readonly (readonly [key: string, kind: LinkKind])[] = [
  ['dependencies', 'required'],
  ['build-dependencies', 'required'],
  ['dev-dependencies', 'development'],
];

/** Also those under `[target.'cfg(...)']`. */
function dependenciesOf(crate: Crate): CrateDependency[] {
  const { manifest } = crate;
  const tables = [manifest, ...Object.values(tableIn(manifest, 'target')).filter(isTable)];
  return tables.flatMap((table) =>
    sections.flatMap(([section, kind]) =>
      Object.entries(tableIn(table, section)).map(([name, value]) => ({
        path: pathOf(crate, name, value),
        kind: isTable(value) && value['optional'] === true ? ('optional' as const) : kind,
      })),
    ),
  );
}

/** `{ path = "../x" }`, or what `[patch]` says, or with `{ workspace = true }` what the workspace's own table says. */
function pathOf({ folder, manifest, workspace }: Crate, name: string, value: unknown): ScopePath | null {
  const inherited = isTable(value) && value['workspace'] === true;
  if (inherited && workspace === null) return null;
  const said = inherited ? tableIn(workspace?.manifest, 'workspace', 'dependencies')[name] : value;
  const path = isTable(said) ? textIn(said, 'path') : null;
  if (path !== null) return joinPath(inherited ? (workspace?.root ?? folder) : folder, path);
  return patchedPath(workspace ?? { root: folder, manifest }, name, said);
}

/** Where `[patch]` at the root puts a crate of the registry, or of another repository, that a crate asks for. */
function patchedPath(
  { root, manifest }: Pick<CargoWorkspace, 'root' | 'manifest'>,
  name: string,
  said: unknown,
): ScopePath | null {
  const asked = isTable(said) ? said : {};
  const source = textIn(asked, 'git') ?? textIn(asked, 'registry') ?? 'crates-io';
  const crate = textIn(asked, 'package') ?? name;
  for (const [key, patch] of Object.entries(tableIn(manifest, 'patch', source))) {
    const path = isTable(patch) ? textIn(patch, 'path') : null;
    if (path !== null && isTable(patch) && (textIn(patch, 'package') ?? key) === crate)
      return joinPath(root, path);
  }
  return null;
}

function addCrateLinks(crate: Crate, folders: ScopeFolders, links: Links): void {
  for (const { path, kind } of dependenciesOf(crate)) {
    const target = folders.known(path);
    if (target !== null) links.add(crate.folder, target, kind, crate.file);
  }
}
