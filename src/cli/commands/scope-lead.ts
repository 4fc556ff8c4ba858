import { scopeAround, type ScopePath } from '../../core/index.ts';
import type { ScopeLead } from '../format/refusal.ts';

/** More would not help to choose. */
const namedMax = 5;

/**
 * Where somebody most likely wanted to go who named no scope: to the scopes in a folder, to the scope that a file is in, or
 * to one that is spelt much like it. Null: nobody can say.
 */
export async function scopeLead(scopes: readonly ScopePath[], path: string): Promise<ScopeLead | null> {
  const within = scopes.filter((scope) => scope.startsWith(`${path}/`));
  if (within.length > 0) return withinLead(within);
  const around = scopeAround((each) => scopes.includes(each), path as ScopePath);
  const spelt = await spelledLike(scopes, path);
  // Beside a scope's own subfolder, one that is misspelt is more likely meant than the scope above both.
  if (spelt !== null && (around === null || around === '.' || spelt.startsWith(`${around}/`)))
    return { told: `did you mean ${spelt}?`, meant: spelt };
  if (around !== null && around !== '.') return { told: `it is in the scope ${around}`, meant: around };
  if (around === null || !looksLikePath(path)) return null;
  return { told: 'what lies there is in the top scope, .', meant: around };
}

function withinLead(within: readonly ScopePath[]): ScopeLead {
  const [only, ...others] = within;
  return { told: withinText(within), meant: others.length === 0 ? (only ?? null) : null };
}

function withinText(within: readonly ScopePath[]): string {
  const named = within.slice(0, namedMax).join(', ');
  const more = within.length > namedMax ? ` and ${within.length - namedMax} more` : '';
  return within.length === 1 ? `the scope in it is ${named}` : `the scopes in it are ${named}${more}`;
}

/** Long paths are alike by the folders that they have in common, so their last words must be alike, too. */
async function spelledLike(scopes: readonly ScopePath[], path: string): Promise<ScopePath | null> {
  const { nearest } = await import('../../config/index.ts');
  const near = nearest(
    path,
    // Any single letter is close to the top scope's dot.
    scopes.filter((scope) => scope !== '.'),
  );
  return near !== null && nearest(lastWord(path), [lastWord(near)]) !== null ? near : null;
}

const lastWord = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A single word is rather a name. */
const looksLikePath = (text: string): boolean => /[./]/.test(text);
