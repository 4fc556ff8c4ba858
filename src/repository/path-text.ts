import { parseScopePath, type Parsed, type ScopePath } from '../core/index.ts';

/**
 * Drops what people add to a scope's folder when they mean the scope: a trailing slash, `.rhema` (as in upstream's ids),
 * or the name of the definition file. `.rhema` alone is the root's id.
 */
export function stripDefinitionFile(text: string): string {
  const folder = text.replace(/\/+$/, '').replace(/(?:^|\/)(?:rhema|scope)\.yaml$/, '');
  const scope = folder.replace(/(?:^|\/)\.rhema$/, '');
  return scope === '' ? (text.startsWith('/') ? '/' : '.') : scope;
}

/** The folder that holds a file or folder; the top's is the top. */
export function folderOf(path: string): ScopePath {
  const slash = path.lastIndexOf('/');
  return (slash === -1 ? '.' : path.slice(0, slash)) as ScopePath;
}

/** A path as seen from a folder of the repository. */
export function joinScopePath(folder: ScopePath, text: string): Parsed<ScopePath> {
  return parseScopePath(folder === '.' ? text : `${folder}/${text}`);
}

export function isExplicitlyRelative(text: string): boolean {
  return /^\.\.?(?:\/|$)/.test(text);
}
