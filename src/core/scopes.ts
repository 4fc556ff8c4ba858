/**
 * Scopes and their dependencies: what can be locked and synced, and in which order.
 *
 * The graph comes from the repository's files. It is taken whole or refused whole: every dependency is a scope, none is
 * its own, there is no cycle, and the bounds hold. A scope that is not named any more goes away with its sync, or stays
 * withdrawn while it is in use (`withdrawal.ts`); a scope that gains a dependency that is not completed, and all that depends on it, must be synced again.
 */
import { cycleText } from './cycle-text.ts';
import { must } from './assert.ts';
import type { DefineScope, DefineScopes, RemoveScope, ScopeDefinition } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventOf } from './events.ts';
import { refusedUnknownScope } from './gate.ts';
import { findCycle, longestChain } from './graph.ts';
import { named, type ScopePath } from './ids.ts';
import { scopesMax } from './limits.ts';
import { endMoved } from './moves.ts';
import { byText } from './order.ts';
import { reject } from './rejections.ts';
import type { Settings } from './settings.ts';
import type { Scope, State } from './state.ts';
import { invalidate } from './invalidation.ts';
import { removeScope } from './withdrawal.ts';

type Graph = ReadonlyMap<ScopePath, Pick<ScopeDefinition, 'dependencies'>>;

/**
 * Replaces the whole graph. Scopes that are not named are removed, or withdrawn while they are in use.
 * Rejects: GRAPH_EMPTY, SCOPE_LIMIT_REACHED, SELF_DEPENDENCY, DEPENDENCY_UNKNOWN, DEPENDENCY_LIMIT_REACHED, DEPENDENCY_CYCLE,
 * SCOPE_DEPTH_EXCEEDED.
 */
export function decideDefineScopes(state: State, command: DefineScopes): Decision {
  const known = definedScopes(state).size;
  if (command.scopes.length === 0 && known > 0 && command.mayBeEmpty !== true)
    return reject(
      'GRAPH_EMPTY',
      `the new graph has no scopes, the present one has ${known}: a source that cannot be seen looks like this, so it is not taken for a wish to remove them; say that the graph may be empty if it is one`,
      { scopes: known },
    );
  return replaceGraph(
    new Draft(state, command.atMs),
    new Map(command.scopes.map((scope) => [scope.path, scope])),
  );
}

/** Adds or changes one scope. Rejects as `DefineScopes`, but never GRAPH_EMPTY. */
export function decideDefineScope(state: State, command: DefineScope): Decision {
  const next = definedScopes(state);
  next.set(command.scope.path, command.scope);
  return replaceGraph(new Draft(state, command.atMs), next);
}

/**
 * Removes a scope that no other depends on, or withdraws it while it is in use; the result says which. One that is
 * withdrawn already stays so. Rejects: SCOPE_NOT_FOUND, DEPENDENCY_UNKNOWN.
 */
export function decideRemoveScope(state: State, command: RemoveScope): Decision {
  const unknown = refusedUnknownScope(state, [command.scope]);
  if (unknown !== null) return unknown;
  const dependents = [...(state.index.dependents.get(command.scope) ?? [])].sort(byText);
  if (dependents.length > 0)
    return reject(
      'DEPENDENCY_UNKNOWN',
      `${named(...dependents)} depend on ${named(command.scope)}: take these dependencies out first`,
      { scope: command.scope, dependents },
    );
  const next = definedScopes(state);
  if (!next.delete(command.scope)) return stillWithdrawn(command.scope);
  return replaceGraph(new Draft(state, command.atMs), next);
}

function stillWithdrawn(scope: ScopePath): Decision {
  return {
    kind: 'committed',
    events: [],
    result: { kind: 'scopesDefined', added: [], changed: [], removed: [], withdrawn: [scope] },
  };
}

/** The graph in force. */
export function definedScopes(state: State): Map<ScopePath, ScopeDefinition> {
  const defined = new Map<ScopePath, ScopeDefinition>();
  for (const [path, scope] of state.scopes) if (!scope.withdrawn) defined.set(path, scope);
  return defined;
}

function replaceGraph(draft: Draft, next: ReadonlyMap<ScopePath, ScopeDefinition>): Decision {
  const { state } = draft;
  const refused = refusedGraph(next, state.settings);
  if (refused !== null) return refused;
  const added: ScopePath[] = [];
  const changed: ScopePath[] = [];
  const defined: ScopeDefinition[] = [];
  for (const definition of next.values()) {
    const known = state.scopes.get(definition.path);
    if (known?.withdrawn === false && sameScope(known, definition)) continue;
    (known === undefined ? added : changed).push(definition.path);
    defined.push(definition);
  }
  endMoved(draft, added, next.keys());
  const outdated: ScopePath[] = [];
  for (const definition of defined) {
    draft.emit({ kind: 'scope.defined', scope: toDefinition(definition) });
    const known = state.scopes.get(definition.path);
    if (known !== undefined && gainsUnsynced(state, known, definition)) outdated.push(definition.path);
  }
  if (outdated.length > 0) invalidate(draft, outdated, { dependents: dependentsIn(next) });
  const { removed, withdrawn } = dropUnnamed(draft, next);
  const left = withdrawn.length === 0 ? {} : { withdrawn };
  return {
    kind: 'committed',
    events: draft.events,
    result: { kind: 'scopesDefined', added, changed, removed, ...left },
  };
}

/** What the new graph does not name goes, or is withdrawn. */
function dropUnnamed(draft: Draft, next: ReadonlyMap<ScopePath, unknown>): Dropped {
  const { state } = draft;
  const dropped: Dropped = { removed: [], withdrawn: [] };
  const unnamed = [...definedScopes(state).keys()].filter((path) => !next.has(path)).sort(byText);
  for (const scope of unnamed) {
    const inUse = draft.isInUse(scope);
    dropped[inUse ? 'withdrawn' : 'removed'].push(scope);
    if (inUse) draft.emit({ kind: 'scope.withdrawn', scope });
    else removeScope(draft, scope);
  }
  return dropped;
}

interface Dropped {
  readonly removed: ScopePath[];
  readonly withdrawn: ScopePath[];
}

/** What the log keeps of a definition: a scope of the state carries more. */
function toDefinition({ path, name, type, dependencies }: ScopeDefinition): ScopeDefinition {
  return { path, name, type, dependencies };
}

function sameScope(known: Scope, next: ScopeDefinition): boolean {
  return (
    known.name === next.name &&
    known.type === next.type &&
    known.dependencies.length === next.dependencies.length &&
    known.dependencies.every((path, place) => path === next.dependencies[place])
  );
}

function gainsUnsynced(state: State, known: Scope, next: ScopeDefinition): boolean {
  return next.dependencies.some(
    (path) => !known.dependencies.includes(path) && state.syncs.get(path)?.status !== 'completed',
  );
}

function dependentsIn(graph: Graph): (path: ScopePath) => readonly ScopePath[] {
  const dependents = new Map<ScopePath, ScopePath[]>();
  for (const path of [...graph.keys()].sort(byText))
    for (const dependency of dependenciesIn(graph, path)) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [path]);
      else known.push(path);
    }
  return (path) => dependents.get(path) ?? [];
}

/** Why a graph cannot be taken; null when it can. */
export function refusedGraph(graph: Graph, settings: Settings): Decision | null {
  if (graph.size > scopesMax)
    return reject('SCOPE_LIMIT_REACHED', `${graph.size} scopes: at most ${scopesMax} are possible`, {
      scopes: graph.size,
      scopesMax,
    });
  const paths = [...graph.keys()].sort(byText);
  return (
    refusedDependencies(graph, paths, settings.maxDependencies) ??
    refusedShape(graph, paths, settings.maxScopeDepth)
  );
}

function refusedDependencies(
  graph: Graph,
  paths: readonly ScopePath[],
  maxDependencies: number,
): Decision | null {
  for (const scope of paths) {
    const dependencies = dependenciesIn(graph, scope);
    if (dependencies.includes(scope))
      return reject('SELF_DEPENDENCY', `${named(scope)} names itself as a dependency: take that out`, {
        scope,
      });
    const unknown = dependencies.filter((path) => !graph.has(path));
    if (unknown.length > 0)
      return reject(
        'DEPENDENCY_UNKNOWN',
        `${named(scope)} depends on ${named(...unknown)}, which is no scope: define it, or take the dependency out`,
        { scope, unknown },
      );
    if (dependencies.length > maxDependencies)
      return reject(
        'DEPENDENCY_LIMIT_REACHED',
        `${named(scope)} has ${dependencies.length} dependencies, but max_dependencies is ${maxDependencies}: split it, or raise the bound`,
        { scope, dependencies: dependencies.length, maxDependencies },
      );
  }
  return null;
}

function refusedShape(graph: Graph, paths: readonly ScopePath[], maxScopeDepth: number): Decision | null {
  const edges = (path: ScopePath): readonly ScopePath[] => dependenciesIn(graph, path);
  const cycle = findCycle(paths, edges);
  if (cycle !== null)
    return reject(
      'DEPENDENCY_CYCLE',
      `the dependencies form a cycle: ${cycleText(cycle)}. Take one of these dependencies out`,
      { cycle },
    );
  const chain = longestChain(paths, edges);
  if (chain.length <= maxScopeDepth) return null;
  return reject(
    'SCOPE_DEPTH_EXCEEDED',
    `a chain of ${chain.length} dependencies starts at ${named(must(chain.from, 'a chain has a beginning'))}, but max_scope_depth is ${maxScopeDepth}: flatten it, or raise the bound`,
    { scope: chain.from, depth: chain.length, maxScopeDepth },
  );
}

function dependenciesIn(graph: Graph, path: ScopePath): readonly ScopePath[] {
  return graph.get(path)?.dependencies ?? [];
}

// What happens to scopes.

export function evolveScopeDefined(state: State, event: EventOf<'scope.defined'>): void {
  const known = state.scopes.get(event.scope.path);
  if (known !== undefined) unlink(state, known);
  const { path, name, type, dependencies } = event.scope;
  putScope(state, {
    path,
    name,
    type,
    dependencies,
    contexts: known?.contexts ?? new Map(),
    withdrawn: false,
    lastEnd: known?.lastEnd ?? null,
  });
}

/** Puts a scope into the graph and its index; also how a snapshot is read. */
export function putScope(state: State, scope: Scope): void {
  state.scopes.set(scope.path, scope);
  for (const dependency of scope.dependencies) {
    const dependents = state.index.dependents.get(dependency);
    if (dependents === undefined) state.index.dependents.set(dependency, new Set([scope.path]));
    else dependents.add(scope.path);
  }
}

export function evolveScopeWithdrawn(state: State, { scope: path }: EventOf<'scope.withdrawn'>): void {
  const known = must(state.scopes.get(path), `${path} is defined`);
  unlink(state, known);
  const { name, type, contexts, lastEnd } = known;
  putScope(state, { path, name, type, dependencies: [], contexts, withdrawn: true, lastEnd });
}

export function evolveScopeRemoved(state: State, event: EventOf<'scope.removed'>): void {
  unlink(state, must(state.scopes.get(event.scope), `${event.scope} is defined`));
  state.scopes.delete(event.scope);
  state.syncs.delete(event.scope);
}

function unlink(state: State, scope: Scope): void {
  for (const dependency of scope.dependencies) {
    const dependents = must(state.index.dependents.get(dependency), `${dependency} has dependents`);
    dependents.delete(scope.path);
    if (dependents.size === 0) state.index.dependents.delete(dependency);
  }
}
