import type { ScopePath } from '../../core/index.ts';
import type { PackageNames } from './names.ts';
import { joinPath } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';

export interface KnownPackages {
  readonly byName: PackageNames;
  readonly folders: ScopeFolders;
}

/**
 * The scope that an entry of `dependencies` means; null when it comes from elsewhere. A path wins over the name; an alias
 * (`npm:other@1`, `workspace:other@*`) is what it stands for. Ranges, tags and catalogs have neither a slash nor a scheme:
 * with one, it is another repository or an archive, whatever is called alike here.
 */
export function packageMeant(
  folder: ScopePath,
  name: string,
  specifier: unknown,
  { byName, folders }: KnownPackages,
): ScopePath | null {
  const text = typeof specifier === 'string' ? specifier.trim() : '';
  const path = pathIn(text);
  if (path !== null) return folders.known(joinPath(folder, path));
  const alias = aliasIn(text);
  if (alias !== null) return byName.get(alias) ?? null;
  return /^(?:npm|workspace|catalog):|^[^:/]*$/.test(text) ? (byName.get(name) ?? null) : null;
}

/** `workspace:` is followed by a range, unless it looks like a path. */
function pathIn(text: string): string | null {
  return /^(?:(?:file|link|portal):|(?:workspace:)?(?=\.{1,2}(?:\/|$)))(.+)$/.exec(text)?.[1] ?? null;
}

/** Behind `npm:` a range may stand alone, and so may a name. */
function aliasIn(text: string): string | null {
  const [, npm, workspace] = /^(?:npm:(@?[A-Za-z][^@]*)(?:@|$)|workspace:(@?[^@]+)@)/.exec(text) ?? [];
  return npm ?? workspace ?? null;
}
