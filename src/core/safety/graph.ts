/** Invariants about scopes, their dependencies, their context files and their syncs. */
import { count } from '../count.ts';
import { cycleText } from '../cycle-text.ts';
import { findCycle, longestChain } from '../graph.ts';
import type { ScopePath } from '../ids.ts';
import type { Scope, State, Sync } from '../state.ts';
import { isInUse } from '../withdrawal.ts';
import type { Violation } from './violation.ts';

/** Every dependency is a scope, and none is its own. */
export function DependencyIntegrity(state: State): Violation[] {
  const found: Violation[] = [];
  for (const scope of state.scopes.values())
    for (const dependency of scope.dependencies) {
      if (!state.scopes.has(dependency))
        found.push(violation(scope, `depends on ${dependency}, which is no scope`));
      if (dependency === scope.path) found.push(violation(scope, 'depends on itself'));
    }
  return found;

  function violation(scope: Scope, evidence: string): Violation {
    return { invariant: 'DependencyIntegrity', subject: scope.path, evidence };
  }
}

/** A scope that no graph names is held or waited for, and has no part in the graph. */
export function WithdrawnIsInUse(state: State): Violation[] {
  const found: Violation[] = [];
  for (const { path, withdrawn, dependencies } of state.scopes.values()) {
    if (!withdrawn) continue;
    if (!isInUse(state, path))
      found.push(violation(path, 'is withdrawn, but nobody holds it or waits for it'));
    if (dependencies.length > 0) found.push(violation(path, 'is withdrawn, but depends on others'));
    if (state.index.dependents.has(path))
      found.push(violation(path, 'is withdrawn, but others depend on it'));
  }
  return found;

  function violation(subject: string, evidence: string): Violation {
    return { invariant: 'WithdrawnIsInUse', subject, evidence };
  }
}

/** Dependencies are sorted without repeats and within the bounds, and the index of dependents mirrors them. */
export function DependencyGraphProperties(state: State): Violation[] {
  const found: Violation[] = [];
  const report = (subject: string, evidence: string): number =>
    found.push({ invariant: 'DependencyGraphProperties', subject, evidence });
  let edges = 0;
  for (const { path, dependencies } of state.scopes.values()) {
    edges += dependencies.length;
    if (dependencies.length > state.settings.maxDependencies)
      report(path, `has ${dependencies.length} dependencies, may have ${state.settings.maxDependencies}`);
    dependencies.forEach((dependency, index) => {
      const before = dependencies[index - 1];
      if (before !== undefined && before >= dependency)
        report(path, `dependencies are not sorted at ${dependency}`);
      if (state.index.dependents.get(dependency)?.has(path) !== true)
        report(path, `depends on ${dependency}, but the index does not know`);
    });
  }
  const indexed = [...state.index.dependents.values()].reduce((sum, set) => sum + set.size, 0);
  if (indexed !== edges) report('*', `${edges} dependencies, but ${indexed} in the index`);
  if (CircularDependencyPrevention(state).length > 0) return found;
  const chain = longestChain(state.scopes.keys(), edgesOf(state));
  if (chain.length > state.settings.maxScopeDepth)
    report(chain.from ?? '*', `starts a chain of ${chain.length}, may be ${state.settings.maxScopeDepth}`);
  return found;
}

/** The dependencies have no cycle. */
export function CircularDependencyPrevention(state: State): Violation[] {
  const cycle = findCycle(state.scopes.keys(), edgesOf(state));
  if (cycle === null) return [];
  return [
    { invariant: 'CircularDependencyPrevention', subject: cycle[0] ?? '*', evidence: cycleText(cycle) },
  ];
}

function edgesOf(state: State): (path: ScopePath) => readonly ScopePath[] {
  return (path) => state.scopes.get(path)?.dependencies ?? [];
}

/** What is known of a context file was written at a revision that exists, and is a digest. */
export function ContextConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  for (const scope of state.scopes.values())
    for (const [file, record] of scope.contexts)
      if (record.revision > state.revision || !/^[0-9a-f]{64}$/.test(record.digest))
        found.push({
          invariant: 'ContextConsistency',
          subject: `${scope.path}/${file}`,
          evidence: `digest ${record.digest} of revision ${record.revision} at revision ${state.revision}`,
        });
  return found;
}

/** A running or completed scope stands on completed dependencies, unless they are not checked; only scopes are synced. */
export function SyncStatusConsistency(state: State): Violation[] {
  const found: Violation[] = [];
  const report = (subject: string, evidence: string): number =>
    found.push({ invariant: 'SyncStatusConsistency', subject, evidence });
  for (const sync of state.syncs.values()) {
    const scope = state.scopes.get(sync.scope);
    if (scope === undefined) report(sync.scope, 'has a sync, but is no scope');
    const indexed = sync.agent !== null && state.index.runningSyncs.get(sync.agent)?.has(sync.scope) === true;
    if (indexed !== (sync.status === 'syncing'))
      report(sync.scope, `is ${sync.status}, the index says otherwise`);
    if (sync.status === 'syncing' && !runnerIsPresent(state, sync))
      report(sync.scope, `is synced by ${sync.agent}, who is not present`);
    if (!state.settings.dependencyChecking || (sync.status !== 'syncing' && sync.status !== 'completed'))
      continue;
    for (const dependency of scope?.dependencies ?? [])
      if (state.syncs.get(dependency)?.status !== 'completed')
        report(sync.scope, `is ${sync.status}, but its dependency ${dependency} is not completed`);
  }
  return found;
}

function runnerIsPresent(state: State, sync: Sync): boolean {
  const agent = sync.agent === null ? undefined : state.agents.get(sync.agent);
  return agent?.presence === 'present' && agent.epoch === sync.epoch;
}

/** Failures stay within the first try and the budget of retries; who may try again has one left. */
export function BoundedRetries(state: State): Violation[] {
  const { maxRetries } = state.settings;
  return [...state.syncs.values()]
    .filter((sync) => sync.failures > (sync.status === 'failed' ? maxRetries + 1 : maxRetries))
    .map((sync) => ({
      invariant: 'BoundedRetries',
      subject: sync.scope,
      evidence: `is ${sync.status} and has failed ${count(sync.failures, 'time')}, ${count(maxRetries, 'retry', 'retries')} ${maxRetries === 1 ? 'is' : 'are'} allowed`,
    }));
}
