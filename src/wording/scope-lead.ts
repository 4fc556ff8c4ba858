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

/** Of some words the one that a misspelt word most likely meant; null when none is close. */
export type Nearest = (word: string, candidates: readonly string[]) => Promise<string | null>;

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
  /** To one that is spelt much like it: by its path, or by its name, where that is given. */
  | { readonly kind: 'spelt'; readonly scope: ScopePath; readonly name: string | null }
  /** Nothing is at such a path, and no scope is called so. */
  | { readonly kind: 'nowhere' };

/** Null: it is a word like no other, of which nothing can be said. */
export async function leadFrom(
  scopes: readonly KnownScope[],
  { path, isThere }: NamedPath,
  nearest: Nearest,
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
  const spelt = await speltLike(scopes, path, nearest);
  // Beside a scope's own subfolder, one that is misspelt is more likely meant than the scope above both.
  if (spelt !== null && (around === null || around === '.' || spelt.scope.startsWith(`${around}/`)))
    return { kind: 'spelt', ...spelt };
  if (around !== null && around !== '.') return { kind: 'inside', around };
  return looksLikePath(path) ? { kind: 'nowhere' } : null;
}

async function speltLike(
  scopes: readonly KnownScope[],
  path: string,
  nearest: Nearest,
): Promise<Pick<Extract<Lead, { kind: 'spelt' }>, 'scope' | 'name'> | null> {
  // Any single letter is close to the top scope's dot.
  const paths = scopes.map((scope) => scope.path).filter((scope) => scope !== '.');
  const near = await nearestTo(path, paths, nearest);
  if (near !== null) return { scope: near, name: null };
  const names = scopes.map((scope) => scope.name);
  const name = await nearestTo(path, names, nearest);
  const meant = scopes.find((scope) => scope.name === name);
  return meant === undefined ? null : { scope: meant.path, name };
}

/** Long paths are alike by the folders that they have in common, so their last words must be alike, too. */
async function nearestTo<Text extends string>(
  text: string,
  candidates: readonly Text[],
  nearest: Nearest,
): Promise<Text | null> {
  const near = (await nearest(text, candidates)) as Text | null;
  return near !== null && (await nearest(lastWord(text), [lastWord(near)])) !== null ? near : null;
}

const lastWord = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A single word is rather a name. */
const looksLikePath = (text: string): boolean => /[./]/.test(text);
