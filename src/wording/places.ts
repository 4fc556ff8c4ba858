import type { AgentId } from '../core/index.ts';
import type { LockView } from '../protocol/index.ts';

/** Who takes a place among `max_concurrent_agents`, sorted: whoever has but slots of resources takes none. */
export function holdersOfPlaces(locks: readonly LockView[]): readonly AgentId[] {
  const inScopes = locks.filter(({ resource }) => resource === undefined);
  return [...new Set(inScopes.map(({ agent }) => agent))].sort();
}
