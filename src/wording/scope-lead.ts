import { scopeAround, type ScopePath } from '../core/index.ts';

/** What of a scope tells that it was meant. */
export interface KnownScope {
  readonly path: ScopePath;
  readonly name: string;
}

/** What somebody named, and whether anything lies at such a path. */
export interface NamedPath {
  readonly path: string;
  readonly isThere: boolean;
}

/** Of these the one that a misspelt path most likely meant; null when none is close. */
export type NearestPath = <Path extends string>(
  path: string,
  candidates: readonly Path[],
) => Promise<Path | null>;

/** Where somebody most likely wanted to go who named no scope. Each face says it in its own sentence. */
export type Lead =
  /** There is nowhere to go. */
  | { readonly kind: 'noScopes' }
  /** To the scopes in that folder. `around`: the scope of what else lies there; null where nothing does. */
  | { readonly kind: 'within'; readonly scopes: readonly ScopePath[]; readonly around: ScopePath | null }
  /** To the scope that it is in; null: it is there, and in none. */
  | { readonly kind: 'inside'; readonly around: ScopePath | null }
  /** To the scopes of that name. */
  | { readonly kind: 'called'; readonly scopes: readonly ScopePath[] }
  /** To one that is spelt much like it: by its path, or by its name, where that is given; or to a path in it. */
  | { readonly kind: 'spelt'; readonly scope: ScopePath; readonly name: string | null }
  /** Nothing is at such a path, and no scope is called so. */
  | { readonly kind: 'nowhere' };

/** Null: it is a word like no other, of which nothing can be said. */
export async function leadFrom(
  scopes: readonly KnownScope[],
  { path, isThere }: NamedPath,
  nearestPath: NearestPath,
): Promise<Lead | null> {
  if (scopes.length === 0) return { kind: 'noScopes' };
  const paths = scopes.map((scope) => scope.path);
  const within = paths.filter((scope) => scope.startsWith(`${path}/`));
  const around = scopeAround((each) => paths.includes(each), path as ScopePath);
  if (within.length > 0) return { kind: 'within', scopes: within, around: isThere ? around : null };
  // Something lies there, so that is what was meant.
  if (isThere) return { kind: 'inside', around };
  const called = scopes.filter(({ name }) => name === path).map((scope) => scope.path);
  if (called.length > 0) return { kind: 'called', scopes: called };
  const spelt = await speltLike(scopes, path, nearestPath);
  // Beside a scope's own subfolder, one that is misspelt is more likely meant than the scope above both.
  if (spelt !== null && (around === null || around === '.' || spelt.scope.startsWith(`${around}/`)))
    return { kind: 'spelt', ...spelt };
  if (around !== null && around !== '.') return { kind: 'inside', around };
  return looksLikePath(path) ? { kind: 'nowhere' } : null;
}

async function speltLike(
  scopes: readonly KnownScope[],
  path: string,
  nearestPath: NearestPath,
): Promise<Pick<Extract<Lead, { kind: 'spelt' }>, 'scope' | 'name'> | null> {
  // Any single letter is close to the top scope's dot.
  const paths = scopes.map((scope) => scope.path).filter((scope) => scope !== '.');
  const near = await nearestPath(path, paths);
  if (near !== null) return { scope: near, name: null };
  const names = scopes.map((scope) => scope.name);
  const name = await nearestPath(path, names);
  const meant = scopes.find((scope) => scope.name === name);
  if (meant !== undefined) return { scope: meant.path, name };
  const end = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(end, 0));
  const nearFolder = folder === '' ? null : await nearestPath(folder, paths);
  if (nearFolder === null || nearFolder === folder) return null;
  return { scope: `${nearFolder}${path.slice(end)}` as ScopePath, name: null };
}

/** A single word is rather a name. */
const looksLikePath = (text: string): boolean => /[./]/.test(text);
