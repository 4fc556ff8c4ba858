/** What a change undoes: the changed scopes, and every scope that depends on one of them, have to be synced again. */
import { must } from './assert.ts';
import type { GitOperation, InvalidateSync } from './commands.ts';
import type { Decision } from './decision.ts';
import { Draft } from './draft.ts';
import { refusedUnknownScope } from './gate.ts';
import { reachableInOrder, type Edges } from './graph.ts';
import type { ScopePath } from './ids.ts';
import { byText } from './order.ts';
import type { State } from './state.ts';
import { abortSync } from './syncs.ts';

/** Marks a scope, and all that depends on it, as changed. Rejects: SCOPE_NOT_FOUND. */
export function decideInvalidateSync(state: State, command: InvalidateSync): Decision {
  return decideChanged(new Draft(state, command.atMs), [command.scope], command.reason);
}

/** Git changed files of scopes: they, and all that depends on them, are to be synced again. Rejects: SCOPE_NOT_FOUND. */
export function decideGitOperation(state: State, command: GitOperation): Decision {
  const draft = new Draft(state, command.atMs);
  draft.emit({ kind: 'repository.changed', scopes: command.scopes, operation: command.operation });
  return decideChanged(draft, command.scopes);
}

function decideChanged(draft: Draft, changed: readonly ScopePath[], reason: string | null = null): Decision {
  const unknown = refusedUnknownScope(draft.state, changed);
  if (unknown !== null) return unknown;
  const scopes = invalidate(draft, changed, { reason });
  return { kind: 'committed', events: draft.events, result: { kind: 'invalidated', scopes } };
}

/**
 * Sends the changed scopes and everything that depends on them back to idle, and renews their retry budgets. Returns
 * those whose status changed, each after the ones it depends on.
 */
export function invalidate(
  draft: Draft,
  changed: readonly ScopePath[],
  {
    reason = null,
    dependents = (path) => [...(draft.state.index.dependents.get(path) ?? [])].sort(byText),
  }: { readonly reason?: string | null; readonly dependents?: Edges<ScopePath> } = {},
): ScopePath[] {
  const invalidated: ScopePath[] = [];
  for (const [scope, cause] of causesOf(changed, dependents)) {
    const sync = draft.state.syncs.get(scope);
    if (sync === undefined || (sync.status === 'idle' && sync.failures === 0)) continue;
    abortSync(draft, scope, 'something it was synced from has changed');
    draft.emit({ kind: 'sync.invalidated', scope, cause, ...(reason === null ? {} : { reason }) });
    if (sync.status !== 'idle') invalidated.push(scope);
  }
  return invalidated;
}

/** What the changes reach, each scope after the ones it depends on and with the change that reached it first. */
function causesOf(changed: readonly ScopePath[], dependents: Edges<ScopePath>): Map<ScopePath, ScopePath> {
  const sources = new Set(changed);
  const causes = new Map<ScopePath, ScopePath>();
  for (const scope of reachableInOrder(changed, dependents)) {
    const cause = sources.has(scope)
      ? scope
      : must(causes.get(scope), `${scope} was reached through another`);
    causes.delete(scope); // Keeps the map in the order of the walk.
    causes.set(scope, cause);
    for (const dependent of dependents(scope)) if (!causes.has(dependent)) causes.set(dependent, cause);
  }
  return causes;
}
