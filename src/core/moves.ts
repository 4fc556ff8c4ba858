/**
 * Files that come to be in another scope, because one was defined around them that was not there before.
 *
 * Whoever held such a file held it in its former scope; in the new one somebody may ask for the whole, and would be told that it
 * is free. So the lock ends, and so does a wait for it, in the revision that defines the scope and with that as its cause.
 * A scope that goes moves nothing: while one of its files is held or waited for it stays, withdrawn.
 */
import { must } from './assert.ts';
import type { Draft } from './draft.ts';
import type { ScopePath } from './ids.ts';
import { byText } from './order.ts';
import { settleQueue } from './queue.ts';
import { type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';

/** Ends what files lose by these new scopes, and serves the queue if that was anything. `next`: all scopes there will be. */
export function endMoved(draft: Draft, added: readonly ScopePath[], next: Iterable<ScopePath>): void {
  const { state } = draft;
  const before = draft.events.length;
  for (const path of added) {
    const scope = scopeOf(state, path);
    if (scope === null) continue;
    endClaims(draft, scope, path);
    endWaits(draft, scope, path);
  }
  if (draft.events.length === before) return;
  draft.redefines(next);
  settleQueue(draft);
}

const isUnder = (path: ScopePath, file: Target): boolean => file === path || file.startsWith(`${path}/`);

function endClaims(draft: Draft, scope: ScopePath, path: ScopePath): void {
  const files = draft.state.index.claims.get(scope)?.files ?? [];
  for (const file of [...files].filter((held) => isUnder(path, held)).sort(byText)) {
    const lock = draft.lockOf(file);
    if (lock !== undefined) draft.release(lock, 'moved');
  }
}

function endWaits(draft: Draft, scope: ScopePath, path: ScopePath): void {
  for (const ticket of draft.state.index.fileQueues.get(scope) ?? []) {
    const waiter = must(draft.state.tickets.get(ticket), `ticket ${ticket} is queued`);
    if (waiter.targets.some((target) => isUnder(path, target))) draft.endTicket(waiter, 'moved');
  }
}
