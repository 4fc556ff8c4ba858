import type { ScopePath } from '../../core/index.ts';
import type { LinkKind, Links } from '../graph/links.ts';
import { warning, type Notices } from '../notices.ts';
import { folderOf } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { scriptsIn } from './embedded-scripts.ts';
import { importedModules, referencedModules } from './javascript-source.ts';
import { ModuleResolver } from './module-resolver.ts';
import type { PackageMeanings } from './package-meanings.ts';
import type { Tsconfigs } from './tsconfig.ts';

const sourcePattern = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx)$/;
const testPattern = /(?:\.(?:test|spec|stories|bench)\.[^/]+$)|(?:^|\/)(?:__tests__|__mocks__|tests?|e2e)\//;
/** Minified and bundled files say nothing about the structure, and take long to parse. */
const builtPattern = /\.min\.[cm]?js$|(?:^|\/)(?:dist|node_modules)\//;

export interface ImportSearch {
  readonly tree: RepositoryTree;
  readonly notices: Notices;
  readonly folders: ScopeFolders;
  readonly links: Links;
  readonly packages: PackageMeanings;
  readonly configs: Tsconfigs;
}

/**
 * Adds a link for every import that leads from one scope to another: by a relative path, by an alias, or by a package's
 * name. A file is parsed only if some quoted text in it would make a link that is not known yet: most files import nothing
 * new, and parsing costs ten times what reading does.
 */
export function addImportLinks(search: ImportSearch): void {
  const resolver = new ModuleResolver(search.tree, search.packages, search.configs);
  for (const file of search.tree.files)
    if (sourcePattern.test(file) && !builtPattern.test(file)) addLinksOfFile(search, resolver, file);
}

function addLinksOfFile(search: ImportSearch, resolver: ModuleResolver, file: string): void {
  const text = search.tree.readSource(file);
  if (text === null) return;
  const { links, folders } = search;
  const kind: LinkKind = testPattern.test(file) ? 'development' : 'import';
  const folder = folderOf(file);
  const from = folders.of(folder);
  const candidates: { readonly specifier: string; readonly to: ScopePath }[] = [];
  for (const specifier of new Set(quotedTexts(text)))
    for (const path of resolver.resolve(folder, specifier)) {
      const to = folders.of(path);
      if (to !== from) candidates.push({ specifier, to });
    }
  const isNew = candidates.some(({ to }) => !links.isSettled(from, to, kind));
  const imported = isNew ? modulesOf(search, file, text) : null;
  const targets = candidates.filter(({ specifier }) => imported === null || imported.has(specifier));
  // What was not parsed counts, but is not shown as evidence.
  const files = imported === null ? [] : [file];
  for (const to of new Set(targets.map((target) => target.to)))
    links.addReason(from, to, { kind, files, fileCount: 1 });
}

/**
 * Everything between quotes that may name a module: a superset of what is imported. Each quote may be the first one, since
 * an apostrophe in a remark (`don't`) would else take the quote before a name for its own end. What has blanks in it is mostly
 * prose, but for paths.
 */
function* quotedTexts(text: string): Iterable<string> {
  const pattern = /(["'`])(?=((?:\.{1,2}(?=[/"'`])|[@~#$\w])[^"'`\r\n\\]*)\1)/g;
  for (const [, , quoted = ''] of text.matchAll(pattern))
    if (quoted.includes('/') || !/\s/.test(quoted)) yield quoted;
}

/** Those of all programs in the file. */
function modulesOf({ notices }: ImportSearch, file: string, text: string): ReadonlySet<string> {
  const scripts = scriptsIn(file, text);
  const parsed = scripts.map((script) => importedModules(script.name, script.text));
  if (parsed.includes(null))
    notices.add(
      warning(
        'SOURCE_BROKEN',
        { file },
        'cannot be parsed: its imports were found by their looks, check them',
      ),
    );
  const modules = scripts.flatMap((script, index) => [
    ...(parsed[index] ?? importsByLooks(script.text)),
    ...referencedModules(script.text),
  ]);
  return new Set(modules);
}

function importsByLooks(text: string): Set<string> {
  const pattern = /(?:\bfrom|\bimport|\brequire)\s*(?:\(\s*)?(["'])([^"'\n]+)\1/g;
  return new Set([...text.matchAll(pattern)].map((match) => match[2] ?? ''));
}
