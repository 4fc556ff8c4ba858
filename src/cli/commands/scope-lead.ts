import { named, scopeAround, type ScopePath } from '../../core/index.ts';
import type { ScopeView } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { ScopeLead } from '../format/refusal.ts';

/** More would not help to choose. */
const namedMax = 5;

/** What of a scope tells that it was meant. */
export type KnownScope = Pick<ScopeView, 'path' | 'name'>;

/** As {@link scopeLead}, once the caller's working tree was looked at. */
export async function leadTo(
  call: Call,
  scopes: readonly KnownScope[],
  path: ScopePath,
): Promise<ScopeLead | null> {
  const isThere = await call.world.inspection.isThere(await call.repository(), path);
  return scopeLead(scopes, { path, isThere });
}

/** What somebody named, and whether anything lies at such a path. */
export interface NamedPath {
  readonly path: string;
  readonly isThere: boolean;
}

/**
 * Where somebody most likely wanted to go who named no scope: to the scope of that name, to the scopes in a folder, to the
 * scope that a file is in, or to one that is spelt much like it. Null: nobody can say.
 */
export async function scopeLead(
  scopes: readonly KnownScope[],
  { path, isThere }: NamedPath,
): Promise<ScopeLead | null> {
  if (scopes.length === 0)
    return {
      told: 'there are no scopes here yet: rhema init derives them',
      meant: null,
      isWithoutScopes: true,
    };
  const paths = scopes.map((scope) => scope.path);
  const within = paths.filter((scope) => scope.startsWith(`${path}/`));
  const around = scopeAround((each) => paths.includes(each), path as ScopePath);
  if (within.length > 0) return withinLead(within, isThere ? around : null);
  if (isThere) return aroundLead(around);
  const called = scopes.filter(({ name }) => name === path).map((scope) => scope.path);
  if (called.length > 0) return calledLead(path, called);
  const spelt = (await spelledLike(paths, path)) ?? (await calledLike(scopes, path));
  // Beside a scope's own subfolder, one that is misspelt is more likely meant than the scope above both.
  if (spelt !== null && (around === null || around === '.' || spelt.meant.startsWith(`${around}/`)))
    return spelt;
  if (around !== null && around !== '.') return aroundLead(around);
  return looksLikePath(path)
    ? { told: 'no file or folder is there, and no scope is called so', meant: null }
    : null;
}

/** Something lies there, so that is what was meant. */
function aroundLead(around: ScopePath | null): ScopeLead {
  if (around === null) return { told: 'what lies there is in no scope', meant: null };
  const told = around === '.' ? 'what lies there is in the top scope, .' : `it is in the scope ${around}`;
  return { told, meant: around };
}

function calledLead(name: string, called: readonly ScopePath[]): ScopeLead {
  const [only, ...others] = called;
  const list = `${called.slice(0, namedMax).join(', ')}${called.length > namedMax ? ' and others' : ''}`;
  return {
    told: `${named(name)} is the name of ${others.length === 0 ? 'the scope' : 'the scopes'} ${list}`,
    meant: others.length === 0 ? (only ?? null) : null,
  };
}

/** `around`: the scope of what else lies there; null where nothing does. */
function withinLead(within: readonly ScopePath[], around: ScopePath | null): ScopeLead {
  const [only, ...others] = within;
  const rest =
    around === null ? '' : `; what else lies there is in ${around === '.' ? 'the top scope, .' : around}`;
  return { told: `${withinText(within)}${rest}`, meant: others.length === 0 ? (only ?? null) : null };
}

function withinText(within: readonly ScopePath[]): string {
  const named = within.slice(0, namedMax).join(', ');
  const more = within.length > namedMax ? ` and ${within.length - namedMax} more` : '';
  return within.length === 1 ? `the scope in it is ${named}` : `the scopes in it are ${named}${more}`;
}

interface Spelt extends ScopeLead {
  readonly meant: ScopePath;
}

/** Long paths are alike by the folders that they have in common, so their last words must be alike, too. */
async function spelledLike(scopes: readonly ScopePath[], path: string): Promise<Spelt | null> {
  // Any single letter is close to the top scope's dot.
  const near = await nearestTo(
    path,
    scopes.filter((scope) => scope !== '.'),
  );
  return near === null ? null : { told: `did you mean ${near}?`, meant: near };
}

async function calledLike(scopes: readonly KnownScope[], name: string): Promise<Spelt | null> {
  const near = await nearestTo(
    name,
    scopes.map((scope) => scope.name),
  );
  const meant = scopes.find((scope) => scope.name === near)?.path;
  if (near === null || meant === undefined) return null;
  return { told: `did you mean ${named(near)}, which is the name of the scope ${meant}?`, meant };
}

async function nearestTo<Text extends string>(
  text: string,
  candidates: readonly Text[],
): Promise<Text | null> {
  const { nearest } = await import('../../config/index.ts');
  const near = nearest(text, candidates);
  return near !== null && nearest(lastWord(text), [lastWord(near)]) !== null ? near : null;
}

const lastWord = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A single word is rather a name. */
const looksLikePath = (text: string): boolean => /[./]/.test(text);
