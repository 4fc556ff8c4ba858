import type { AgentId, Epoch, FencingToken, ScopePath, SyncRun, Ticket, TimeMs } from './ids.ts';
import type { Message } from './message-forms.ts';
import type { LockName, Target, Wish } from './targets.ts';
import type { AgentStatus, SyncStatus } from './statuses.ts';

/** What a committed command answers. Plain JSON: it is kept in the log, so that a repeat gets the same answer. */
export type Result =
  | {
      readonly kind: 'joined';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      readonly sessionDeadlineMs: TimeMs;
    }
  /** What the agent has, all of it unchanged. */
  | {
      readonly kind: 'resumed';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      readonly sessionDeadlineMs: TimeMs;
      readonly locks: readonly Grant[];
      readonly ticket: Ticket | null;
    }
  /** What it held comes free; `waited` is the place in the queue it gave up. */
  | { readonly kind: 'left'; readonly released: readonly Target[]; readonly waited: Ticket | null }
  | {
      readonly kind: 'renewed';
      readonly sessionDeadlineMs: TimeMs;
      readonly leases: readonly Grant[];
    }
  | { readonly kind: 'statusSet'; readonly status: AgentStatus; readonly released: readonly Target[] }
  | { readonly kind: 'granted'; readonly locks: readonly Grant[] }
  | QueuedResult
  /** Empty when it asked for nothing by name and held nothing: then nothing changed. */
  | (Wish & { readonly kind: 'released' })
  /** Null when it was not waiting. */
  | { readonly kind: 'waitCancelled'; readonly ticket: Ticket | null }
  | (LockName & { readonly kind: 'revoked'; readonly agent: AgentId; readonly token: FencingToken })
  | {
      readonly kind: 'scopesDefined';
      readonly added: readonly ScopePath[];
      readonly changed: readonly ScopePath[];
      readonly removed: readonly ScopePath[];
      /**
       * Not in the graph any more, but held or waited for: they stay until they are free. Left out by older versions,
       * under which no scope was.
       */
      readonly withdrawn?: readonly ScopePath[];
    }
  | {
      readonly kind: 'contextModified';
      readonly scope: ScopePath;
      readonly file: string;
      readonly digest: string;
      readonly token: FencingToken;
      readonly invalidated: readonly ScopePath[];
    }
  | {
      readonly kind: 'syncStarted';
      readonly scope: ScopePath;
      readonly run: SyncRun;
      readonly attempt: number;
    }
  | {
      readonly kind: 'syncSet';
      readonly scope: ScopePath;
      readonly status: SyncStatus;
      readonly retryAtMs: TimeMs | null;
    }
  /** Scopes whose sync status went back to idle, in dependency order. */
  | { readonly kind: 'invalidated'; readonly scopes: readonly ScopePath[] }
  | {
      readonly kind: 'expired';
      readonly agents: readonly AgentId[];
      readonly locks: readonly Target[];
      readonly tickets: readonly Ticket[];
    }
  /** For whom it was, in order of name. */
  | { readonly kind: 'messageSent'; readonly recipients: readonly AgentId[] }
  /** In the order in which they were sent; `gaveWay`: how many before them nobody read. */
  | { readonly kind: 'messagesRead'; readonly messages: readonly Message[]; readonly gaveWay: number }
  | { readonly kind: 'done' };

export type ResultKind = Result['kind'];
export type ResultOf<Kind extends ResultKind> = Extract<Result, { kind: Kind }>;

/** A lock as its holder sees it. */
export type Grant = LockName & {
  readonly token: FencingToken;
  readonly deadlineMs: TimeMs;
  /** Since when others wait for it; null while nobody does. A contended lease cannot be renewed for ever. */
  readonly contendedSinceMs: TimeMs | null;
  /** Set when the asker held it before it asked, so that nothing was granted but only renewed. */
  readonly already?: true;
  /** Since when it holds the lock; set together with `already`. */
  readonly sinceMs?: TimeMs;
};

export interface QueuedResult {
  readonly kind: 'queued';
  readonly ticket: Ticket;
  /** 1 is the next to be served among those who wait for one of the same scopes. */
  readonly position: number;
  readonly deadlineMs: TimeMs;
}
