import type { ScopePath } from '../core/index.ts';
import type { ScopeView } from '../protocol/index.ts';

/** The nearest scope that encloses a file or folder; null when none does. */
export function nearestScope(scopes: readonly ScopeView[], path: ScopePath): ScopeView | null {
  const byPath = new Map<string, ScopeView>(scopes.map((scope) => [scope.path, scope]));
  for (let folder: string = path; folder !== '.'; folder = parentOf(folder)) {
    const scope = byPath.get(folder);
    if (scope !== undefined) return scope;
  }
  return byPath.get('.') ?? null;
}

/** The name of a file within its scope. */
export function fileIn(scope: ScopePath, path: ScopePath): string {
  return scope === '.' ? path : path.slice(scope.length + 1);
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}
