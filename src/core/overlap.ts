/** What targets have to do with the scopes that there are, and with each other. */
import type { FilePath, ResourceName, ScopePath } from './ids.ts';
import { byText } from './order.ts';
import { scopeAround } from './scope-of-file.ts';
import type { Agent, State } from './state.ts';
import {
  isSlot,
  lockNameOf,
  resourceOf,
  withoutNone,
  type Target,
  type WantedName,
  type Wish,
} from './targets.ts';

/** The scope that a target is in: of a file its nearest; null for a slot, and for a file that is in none. */
export function scopeOf(state: Pick<State, 'scopes'>, target: Target): ScopePath | null {
  if (isSlot(target)) return null;
  if (state.scopes.has(target as ScopePath)) return target as ScopePath;
  return scopeAround((path) => state.scopes.has(path), target as ScopePath);
}

/** Whether two targets cannot have different holders. Two wishes for one resource overlap, two of its slots do not. */
export function overlap(state: Pick<State, 'scopes'>, a: Target, b: Target): boolean {
  if (a === b) return true;
  if (isSlot(a) || isSlot(b)) return false;
  const [scopeOfA, scopeOfB] = [scopeOf(state, a), scopeOf(state, b)];
  return scopeOfA === scopeOfB && (a === scopeOfA || b === scopeOfB);
}

export function wantedName(state: Pick<State, 'scopes'>, target: Target): WantedName {
  const { scope, file, resource } = lockNameOf(target, scopeOf(state, target));
  if (scope === undefined) return { resource };
  return file === undefined ? { scope } : { scope, file };
}

/** Targets as a wish; lists that would be empty are left out. */
export function wishOf(state: Pick<State, 'scopes'>, targets: readonly Target[]): Wish {
  const scopes: ScopePath[] = [];
  const files: FilePath[] = [];
  const resources: ResourceName[] = [];
  for (const target of targets)
    if (isSlot(target)) resources.push(resourceOf(target));
    else if (state.scopes.has(target as ScopePath)) scopes.push(target as ScopePath);
    else files.push(target as FilePath);
  return withoutNone({ scopes, files, resources });
}

/** The target under which an agent holds what it names: of a resource the slot that it has. Null: it does not hold it. */
export function heldUnder(agent: Agent, target: Target): Target | null {
  if (!isSlot(target)) return agent.held.has(target) ? target : null;
  if (agent.resources === 0) return null;
  const resource = resourceOf(target);
  for (const held of agent.held) if (isSlot(held) && resourceOf(held) === resource) return held;
  return null;
}

/** What an agent holds, in order of name. */
export function heldInOrder(agent: Agent): Target[] {
  return [...agent.held].sort(byText);
}
