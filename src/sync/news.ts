import type { AgentId, ScopePath, SyncRun } from '../core/index.ts';
import type { Why } from './plan.ts';

/** What is wrong in a scope, before or while it is synced. */
export interface SyncProblem {
  readonly file: string;
  /** From 1; null: of the whole file. */
  readonly line: number | null;
  readonly column: number | null;
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
}

/** How the command of a scope ended. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'overdue' }
  /** It was told to end, since its run was undone. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'notStarted'; readonly message: string };

/** What became of a scope. */
export type SyncOutcome =
  | { readonly kind: 'synced'; readonly run: SyncRun; readonly attempt: number; readonly ranCommand: boolean }
  /** It was synced as it is now by the time its turn came. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly error: string; readonly retryAtMs: number | null }
  /** Something it depends on is not synced. */
  | { readonly kind: 'heldBack'; readonly by: readonly ScopePath[] }
  /** Its command may not be run, since nobody has allowed it. */
  | { readonly kind: 'notAllowed'; readonly command: string }
  /** What it is made of, or stands on, was changed each time it was tried. */
  | { readonly kind: 'restless' }
  /** Somebody has ended its run on purpose. */
  | { readonly kind: 'aborted'; readonly by: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'stopped' };

/** What happens in a run, as it happens. */
export type SyncNews =
  | { readonly kind: 'planned'; readonly steps: number; readonly unchanged: number }
  | { readonly kind: 'begun'; readonly scope: ScopePath; readonly why: Why; readonly attempt: number }
  /** Somebody else syncs it. */
  | { readonly kind: 'waits'; readonly scope: ScopePath; readonly agent: AgentId | null }
  | { readonly kind: 'problems'; readonly scope: ScopePath; readonly problems: readonly SyncProblem[] }
  /** It was ended before its end: what it is made of was changed meanwhile. */
  | { readonly kind: 'undone'; readonly scope: ScopePath }
  | { readonly kind: 'retries'; readonly scope: ScopePath; readonly error: string; readonly atMs: number }
  | { readonly kind: 'ended'; readonly scope: ScopePath; readonly outcome: SyncOutcome };
