/** How things stood where a look at a log begins; an answer to `status` has it all. */
import type {
  AgentId,
  AgentStatus,
  DurationMs,
  FencingToken,
  LockName,
  Revision,
  ScopePath,
  Settings,
  Ticket,
  TimeMs,
  Wish,
} from '../core/index.ts';

export interface Opening {
  /** Of the last entry that is not looked at any more. */
  readonly revision: Revision;
  /** From when on time counts. */
  readonly timeMs: TimeMs;
  readonly locks: readonly OpenLock[];
  readonly waiters: readonly OpenWait[];
  readonly agents: readonly { readonly agent: AgentId; readonly status: AgentStatus }[];
  readonly settings: Settings;
  /** Scopes that there are. */
  readonly scopes: readonly ScopePath[];
}

export type OpenLock = LockName & {
  readonly agent: AgentId;
  readonly token: FencingToken;
  readonly grantedAtMs: TimeMs;
};

export type OpenWait = Wish & {
  readonly ticket: Ticket;
  readonly agent: AgentId;
  readonly sinceMs: TimeMs;
};

/** What is held for how long, and waited for: what begins and ends. */
export interface Span {
  readonly agent: AgentId;
  /** From when it counts: not before the look at the log begins. */
  readonly fromMs: TimeMs;
  /** When it began. */
  readonly sinceMs: TimeMs;
  /** Of its beginning. */
  readonly revision: Revision;
}

/** How it went on, with {@link Span}: `endedBy` null: it goes on. */
export interface Ended {
  readonly untilMs: TimeMs;
  readonly endedBy: Revision | null;
}

export const lengthOf = ({ fromMs, untilMs }: Span & Ended): DurationMs =>
  Math.max(0, untilMs - fromMs) as DurationMs;
