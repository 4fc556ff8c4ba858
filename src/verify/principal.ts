import type { Entry } from '../core/index.ts';
import { internalKinds } from './form.ts';

/** Why an entry cannot say who was let in; null where it can, or says nothing of it. The machine decides nothing by it. */
export function principalProblem({ kind, principal }: Entry): string | null {
  if (principal === undefined) return null;
  if (internalKinds.has(kind)) return `principal: nobody is let in to say ${kind}`;
  const { name, way } = principal as { readonly name: unknown; readonly way: unknown };
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    return 'principal.name: that is no name of a token';
  return way === 'http' || way === 'mcp' ? null : 'principal.way: there is no such way';
}
