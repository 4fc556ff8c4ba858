/**
 * Scopes that go away.
 *
 * A graph that does not name a scope any more says nothing about who works there: after a checkout of another commit, or
 * for a reader that sees only part of the files, scopes are missing that somebody holds. So absence ends no lock and no
 * wait. A scope that is held or waited for is *withdrawn*: it depends on nothing, nothing depends on it, and all else
 * about it is as before. It goes in the very revision in which it becomes free and nobody waits for it any more; named
 * again before that it is an ordinary scope again, and its holder notices nothing.
 *
 *     defined --(not named, in use)--> withdrawn --(free and unwanted)--> gone
 *             <--(named again)--------
 *     defined --(not named, not in use)--> gone
 */
import type { Draft } from './draft.ts';
import type { ScopePath } from './ids.ts';
import { byText } from './order.ts';
import type { State } from './state.ts';
import { abortSync } from './syncs.ts';

/** Whether somebody holds a scope or a file of it, or waits for one of them. */
export function isInUse({ locks, index }: State, scope: ScopePath): boolean {
  return (
    locks.has(scope) || index.claims.has(scope) || index.queues.has(scope) || index.fileQueues.has(scope)
  );
}

export function removeScope(draft: Draft, scope: ScopePath): void {
  if (!runEnds(draft, scope)) abortSync(draft, scope, 'its scope was removed');
  draft.emit({ kind: 'scope.removed', scope });
}

/** Removes the withdrawn scopes that nobody holds or waits for after the events of a draft. */
export function removeAbandoned(draft: Draft): void {
  for (const scope of draft.abandoned().sort(byText)) removeScope(draft, scope);
}

/** Whether the run of a scope ends in this draft already, because who ran it goes away as well. */
function runEnds(draft: Draft, scope: ScopePath): boolean {
  return draft.events.some((event) => event.kind === 'sync.failed' && event.scope === scope);
}
