import type { ScopePath } from '../../core/index.ts';
import type { LinkKind, Links } from '../links.ts';
import type { PackageNames } from '../names.ts';
import { warning, type Notices } from '../notices.ts';
import { folderOf, joinPath } from '../paths.ts';
import type { ScopeFolders } from '../scope-folders.ts';
import type { RepositoryTree } from '../tree.ts';
import { importedModules } from './javascript-source.ts';
import { PathAliases } from './tsconfig-paths.ts';

const sourcePattern = /\.[cm]?[jt]sx?$/;
const testPattern = /(?:\.(?:test|spec|stories|bench)\.[^/]+$)|(?:^|\/)(?:__tests__|__mocks__|tests?|e2e)\//;
/** Minified and bundled files say nothing about the structure, and take long to parse. */
const builtPattern = /\.min\.[cm]?js$|(?:^|\/)(?:dist|node_modules)\//;

export interface ImportSearch {
  readonly tree: RepositoryTree;
  readonly notices: Notices;
  readonly folders: ScopeFolders;
  readonly links: Links;
  readonly packages: PackageNames;
}

/**
 * Adds a link for every import that leads from one scope to another: by a relative path, by an alias of tsconfig.json, or
 * by a package's name. A file is parsed only if some quoted text in it would make a link that is not known yet: most
 * files import nothing new, and parsing costs ten times what reading does.
 */
export function addImportLinks(search: ImportSearch): void {
  if (search.folders.size < 2) return;
  const aliases = new PathAliases(search.tree, search.notices);
  for (const file of search.tree.files)
    if (sourcePattern.test(file) && !builtPattern.test(file)) addLinksOfFile(search, aliases, file);
}

function addLinksOfFile(search: ImportSearch, aliases: PathAliases, file: string): void {
  const text = search.tree.readSource(file);
  if (text === null) return;
  const { links, folders } = search;
  const kind: LinkKind = testPattern.test(file) ? 'development' : 'import';
  const from = folders.of(folderOf(file));
  const candidates = new Map<string, ScopePath>();
  for (const specifier of quotedTexts(text)) {
    const path = pathOf(search, aliases, file, specifier);
    const to = path === null ? from : folders.of(path);
    if (to !== from) candidates.set(specifier, to);
  }
  const isNew = [...candidates.values()].some((to) => !links.isSettled(from, to, kind));
  const imported = isNew ? modulesOf(search, file, text) : null;
  const targets = [...candidates].filter(([specifier]) => imported === null || imported.has(specifier));
  // What was not parsed counts, but is not shown as evidence.
  const files = imported === null ? [] : [file];
  for (const to of new Set(targets.map(([, target]) => target)))
    links.addReason(from, to, { kind, files, fileCount: 1 });
}

/** Everything between quotes that may name a module: a superset of what is imported. */
function* quotedTexts(text: string): Iterable<string> {
  for (const match of text.matchAll(/(["'`])((?:\.{1,2}(?=[/"'`])|[@~#\w])[^"'`\s\\]*)\1/g))
    yield match[2] ?? '';
}

/** The repository's path that a specifier means; null when it leads elsewhere. */
function pathOf(
  { packages }: ImportSearch,
  aliases: PathAliases,
  file: string,
  specifier: string,
): ScopePath | null {
  const folder = folderOf(file);
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return joinPath(folder, specifier);
  return packages.get(packageName(specifier)) ?? aliases.resolve(folder, specifier);
}

/** `@scope/name` of `@scope/name/deep/file`. */
function packageName(specifier: string): string {
  const end = specifier.indexOf('/', specifier.startsWith('@') ? specifier.indexOf('/') + 1 || undefined : 0);
  return end === -1 ? specifier : specifier.slice(0, end);
}

function modulesOf({ notices }: ImportSearch, file: string, text: string): ReadonlySet<string> {
  const modules = importedModules(file, text);
  if (modules !== null) return modules;
  notices.add(
    warning('SOURCE_BROKEN', { file }, 'cannot be parsed: its imports were found by their looks, check them'),
  );
  return importsByLooks(text);
}

function importsByLooks(text: string): Set<string> {
  const pattern = /(?:\bfrom|\bimport|\brequire)\s*(?:\(\s*)?(["'])([^"'\n]+)\1/g;
  return new Set([...text.matchAll(pattern)].map((match) => match[2] ?? ''));
}
