import {
  dependencyWaves,
  scopesMax,
  settingBounds,
  type ScopePath,
  type Settings,
} from '../../core/index.ts';
import type { RaisedLimits } from './limits.ts';
import { targetsOf, type Link } from './links.ts';
import { failure, type Notice } from '../notices.ts';
import { top } from '../paths.ts';

/** A bound that the graph is beyond. */
export interface Excess {
  readonly limit: 'scopes' | 'max_dependencies' | 'max_scope_depth';
  readonly value: number;
  readonly allowed: number;
  /** The scope with the most dependencies; null where the graph as a whole is meant. */
  readonly scope: ScopePath | null;
}

export function excessesOf(
  paths: readonly ScopePath[],
  links: readonly Link[],
  settings: Settings,
): Excess[] {
  const targets = targetsOf(links);
  const counts = paths.map((scope) => ({ scope, value: targets.get(scope)?.length ?? 0 }));
  const widest = counts.reduce((most, one) => (one.value > most.value ? one : most), {
    scope: top,
    value: 0,
  });
  const depth = dependencyWaves(paths, (path) => targets.get(path) ?? []).length - 1;
  const { maxDependencies, maxScopeDepth } = settings;
  const found: Excess[] = [
    { limit: 'scopes', value: paths.length, allowed: scopesMax, scope: null },
    { limit: 'max_dependencies', ...widest, allowed: maxDependencies },
    { limit: 'max_scope_depth', value: depth, allowed: maxScopeDepth, scope: null },
  ];
  return found.filter(({ value, allowed }) => value > allowed);
}

/** With room to grow: the next greater power of two, as far as the configuration allows. */
export function raisedFor(excesses: readonly Excess[]): RaisedLimits {
  const needed = (limit: Excess['limit']): number | null => {
    const value = excesses.find((excess) => excess.limit === limit)?.value;
    return value === undefined ? null : Math.min(raisableMax(limit), 2 ** (32 - Math.clz32(value)));
  };
  return { maxDependencies: needed('max_dependencies'), maxScopeDepth: needed('max_scope_depth') };
}

/** As far as the configuration can go. */
function raisableMax(limit: Excess['limit']): number {
  const max = {
    scopes: scopesMax,
    max_dependencies: maxOf('maxDependencies'),
    max_scope_depth: maxOf('maxScopeDepth'),
  };
  return max[limit];
}

function maxOf(key: 'maxDependencies' | 'maxScopeDepth'): number {
  return settingBounds[key][1];
}

/** A graph that no configuration allows: the coordinator would refuse it whatever was written. */
export function excessNotices(excesses: readonly Excess[]): Notice[] {
  return excesses
    .filter(({ limit, value }) => value > raisableMax(limit))
    .map(({ limit, value }) => {
      const message = `${limit} would have to be ${value}, but can be ${raisableMax(limit)} at most: merge scopes with rhema init --depth`;
      return failure('BEYOND_BOUNDS', null, message);
    });
}
