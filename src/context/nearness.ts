import { scopeAround, type ScopePath } from '../core/index.ts';

interface Dependent {
  readonly path: ScopePath;
  readonly dependencies: readonly ScopePath[];
}

/**
 * How many steps lead from a scope to each that it builds on: to those it depends on, and to those around it. Scopes to
 * which no way leads are left out.
 */
export function nearnessFrom(start: ScopePath, scopes: readonly Dependent[]): ReadonlyMap<ScopePath, number> {
  const byPath = new Map(scopes.map((scope) => [scope.path, scope]));
  const steps = new Map<ScopePath, number>([[start, 0]]);
  for (const [path, distance] of steps) {
    const around = enclosing(path, (one) => byPath.has(one));
    for (const next of [...(byPath.get(path)?.dependencies ?? []), ...(around === null ? [] : [around])])
      if (!steps.has(next)) steps.set(next, distance + 1);
  }
  return steps;
}

/** The nearest scope around a scope; null: there is none. */
function enclosing(path: ScopePath, isScope: (path: ScopePath) => boolean): ScopePath | null {
  return path === '.' ? null : scopeAround((one) => one !== path && isScope(one), path);
}
