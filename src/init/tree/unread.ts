/** What lies in a tree and may have been meant for us, or for a tool that we do not know: never passed over in silence. */
import { named } from '../../core/index.ts';
import { warning, type Notices } from '../notices.ts';
import { baseName, byText, depthOf, folderOf, isSample, top } from '../paths.ts';
import type { Survey } from '../survey.ts';
import type { RepositoryTree } from './tree.ts';

const filesNamedMax = 5;

/**
 * Scope files that end in `.yml`, as the editor's example workspaces have them. Rhema itself reads `.yaml` alone, and so
 * do we: one file is then the scope for everybody.
 */
export function noteOtherSuffix(tree: RepositoryTree, notices: Notices): void {
  const files = [...tree.named('rhema.yml'), ...tree.named('scope.yml').filter((file) => isOurs(tree, file))]
    .filter((file) => !isSample(scopeFolder(file)))
    .sort(byText);
  for (const file of files.slice(0, filesNamedMax)) {
    const right = baseName(file).replace(/yml$/, 'yaml');
    const message = `is not read: a scope's file ends in .yaml. If it is meant to be one, rename it to ${right} and run this again`;
    notices.add(warning('NOT_READ', { file }, message));
  }
  const more = files.length - filesNamedMax;
  if (more > 0)
    notices.add(warning('NOT_READ', null, `${more} more files in .yml are not read, for the same reason`));
}

/** Many tools have a `scope.yml`. */
function isOurs(tree: RepositoryTree, file: string): boolean {
  return /^(?:scope|rhema|scope_type)\s*:/m.test(tree.readSource(file) ?? '');
}

function scopeFolder(file: string): string {
  const folder = folderOf(file);
  return baseName(folder) === '.rhema' ? folderOf(folder) : folder;
}

const foldersNamedMax = 8;

/**
 * Folders at the top in which no tool that we know has found a part, though one has elsewhere: their code would be the top
 * scope's, and nobody would know why. Where a manifest at the top speaks for all, only those with another tool's manifest.
 */
export function noteUnexplained(
  tree: RepositoryTree,
  { units, origins }: Survey,
  { existing, notices }: { readonly existing: Iterable<string>; readonly notices: Notices },
): void {
  if (origins.every((origin) => origin === 'folders')) return;
  const known = [...units.map(({ path }) => path), ...existing].filter((path) => path !== top);
  const told = notices.list.flatMap(({ file }) => file ?? []);
  const explained = new Set([...known, ...told].map(firstStep));
  const foreign = new Set(tree.files.filter(isForeign).map(firstStep));
  const topSpeaks = topManifests.some((file) => tree.has(file));
  const folders = [...tree.folders]
    .filter(
      (folder) => folder !== top && depthOf(folder) === 1 && !isSample(folder) && !explained.has(folder),
    )
    .filter((folder) => foreign.has(folder) || !(topSpeaks || supporting.has(folder)))
    .sort(byText);
  if (folders.length > 0) notices.add(warning('NOT_EXPLAINED', null, unexplained(folders)));
}

function unexplained(folders: readonly string[]): string {
  const more = folders.length - foldersNamedMax;
  const list = `${named(...folders.slice(0, foldersNamedMax))}${more > 0 ? ` and ${more} more` : ''}`;
  return `no tool that is known here has parts in ${list}: what is in there belongs to the top scope. For a scope of its own put a rhema.yaml with 'name: ...' into a folder`;
}

function firstStep(path: string): string {
  return path.split('/', 1)[0] ?? path;
}

/** What the manifests of the known tools are called. */
const topManifests = [
  'package.json',
  'pnpm-workspace.yaml',
  'nx.json',
  'Cargo.toml',
  'go.mod',
  'go.work',
  'pyproject.toml',
  'setup.cfg',
  'setup.py',
];

/** Folders that hardly ever are a part of their own. */
const supporting: ReadonlySet<string> = new Set(['doc', 'docs', 'scripts', 'assets', 'images', 'licenses']);

function isForeign(file: string): boolean {
  return foreignManifest.test(baseName(file));
}

/** What the manifests of tools are called that are not known here. */
const foreignManifest =
  /^(?:pom\.xml|build\.(?:gradle(?:\.kts)?|sbt|zig)|composer\.json|Gemfile|mix\.exs|pubspec\.yaml|Package\.swift|CMakeLists\.txt|meson\.build|requirements\.txt|rebar\.config|stack\.yaml|dune-project|project\.clj|deps\.edn|deno\.jsonc?|BUILD(?:\.bazel)?|.+\.(?:csproj|fsproj|vbproj|sln|gemspec|cabal))$/;
