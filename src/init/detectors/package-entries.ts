import type { ScopePath } from '../../core/index.ts';
import { isTable, type Table } from './manifests.ts';
import type { PackageNames } from './names.ts';

/** The packages of a repository, and what their manifests say. */
export interface Packages {
  readonly byName: PackageNames;
  readonly manifests: ReadonlyMap<ScopePath, Table>;
}

/** `@scope/name` of `@scope/name/deep/file`. */
export function packageName(specifier: string): string {
  const end = specifier.indexOf('/', specifier.startsWith('@') ? specifier.indexOf('/') + 1 || undefined : 0);
  return end === -1 ? specifier : specifier.slice(0, end);
}

/** Conditions nest no deeper than this in earnest. */
const depthMax = 8;

/**
 * What a table of package.json (`imports`, `exports`) says that a name stands for, under any of its conditions. An exact
 * name wins, then the longest fitting one with a star.
 */
export function entryTargets(table: Table, name: string): string[] {
  if (Object.hasOwn(table, name)) return leavesOf(table[name], depthMax);
  const [best] = Object.keys(table)
    .filter((key) => fits(key, name))
    .sort((a, b) => b.indexOf('*') - a.indexOf('*'));
  if (best === undefined) return [];
  const [before = '', after = ''] = best.split('*');
  const middle = name.slice(before.length, name.length - after.length);
  return leavesOf(table[best], depthMax).map((target) => target.replaceAll('*', () => middle));
}

function fits(key: string, name: string): boolean {
  const [before = '', after = null] = key.split('*');
  if (after === null) return false;
  return name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
}

function leavesOf(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (depth === 0) return [];
  const inner = Array.isArray(value) ? (value as unknown[]) : isTable(value) ? Object.values(value) : [];
  return inner.flatMap((one) => leavesOf(one, depth - 1));
}
