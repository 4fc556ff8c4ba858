/** Which scope a file belongs to: scopes partition the files, so locks on nested ones never conflict. */
import type { ScopePath } from './ids.ts';

/**
 * The nearest scope that encloses a file or folder; null when none does, and for what is Git's own. `isScope`: whether a path
 * is that of a scope.
 */
export function scopeAround(isScope: (path: ScopePath) => boolean, path: ScopePath): ScopePath | null {
  if (isGitsOwn(path)) return null;
  for (let folder = path; folder !== root; folder = parentOf(folder)) if (isScope(folder)) return folder;
  return isScope(root) ? root : null;
}

/**
 * Whether it is a Git folder, in one, or the file that leads a worktree or submodule to its own: Git keeps those by itself, and
 * the coordination its log. Git takes no such name in any case of its letters.
 */
const isGitsOwn = (path: ScopePath): boolean => path.split('/').some((name) => name.toLowerCase() === '.git');

/** The name of a file within its scope. */
export function fileIn(scope: ScopePath, path: ScopePath): string {
  return scope === root ? path : path.slice(scope.length + 1);
}

const root = '.' as ScopePath;

function parentOf(path: ScopePath): ScopePath {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? root : (path.slice(0, slash) as ScopePath);
}
