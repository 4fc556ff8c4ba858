import type {
  AgentId,
  Epoch,
  FencingToken,
  FilePath,
  GotLock,
  ResourceName,
  Revision,
  ScopePath,
  TimeMs,
} from '../core/index.ts';
import type {
  StatusAnswer,
  ScopesAnswer,
  ImpactAnswer,
  ScopesOfAnswer,
  HistoryAnswer,
  WhySubject,
  WhyAnswer,
  MayWriteAnswer,
  TokenAnswer,
  ViolationsAnswer,
  OpenViolationsAnswer,
  HealthAnswer,
} from './answers.ts';
import type { FormerHoldersAnswer, NoticesAnswer, ToldUpTo } from './notices.ts';

/** Events that a `why` tells of its subject. */
export const happenedMax = 20;
/** Files of one `mayWrite`. */
export const mayWriteFilesMax = 1_000;

/** Paths of one `scopesOf`. */
export const scopesOfPathsMax = 1_000;

/** Scopes of one `impact`. */
export const impactScopesMax = 1_000;

/** Locks of one `formerHolders`. */
export const formerHoldersLocksMax = 500;

/** What can be read. */
export type Query =
  /** Everything at a glance, now or at a past moment (the log is replayed up to it). */
  | { readonly kind: 'status'; readonly at: Moment | null }
  /** `fresh`: whoever asks may just have changed the scope files, which are looked at first. */
  | { readonly kind: 'scopes'; readonly fresh?: boolean | undefined }
  /** Entries that match, newest first. */
  | {
      readonly kind: 'history';
      readonly filter: HistoryFilter;
      readonly limit: number;
      readonly before: Revision | null;
    }
  /** Who holds a scope or what an agent does, since when, why, who waits, and what led to it. */
  | {
      readonly kind: 'why';
      readonly subject: WhySubject;
      readonly at: Moment | null;
      /** How many events are told of what led to it, at most {@link happenedMax}; that many when left out. */
      readonly happened?: number | undefined;
    }
  /** Whether an agent may write each of some files now: the one rule of writing, in one trip. */
  | {
      readonly kind: 'mayWrite';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      /** 1 to {@link mayWriteFilesMax}. */
      readonly files: readonly ScopePath[];
      /** Of the lock under which it wants to write; null: whichever it holds. */
      readonly token: FencingToken | null;
    }
  /** In which scope each of some paths is; they need not exist. */
  | {
      readonly kind: 'scopesOf';
      /** 1 to {@link scopesOfPathsMax}. */
      readonly paths: readonly ScopePath[];
    }
  /** What a change of some scopes reaches: all that depends on them, and who works there. */
  | {
      readonly kind: 'impact';
      /** 1 to {@link impactScopesMax}; what is no scope is left out. */
      readonly scopes: readonly ScopePath[];
    }
  /** What an agent has to know and was not told yet: see `Notice`. */
  | {
      readonly kind: 'notices';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      /** Where it was told last, as the answer then said; null: never since it joined. */
      readonly after: ToldUpTo | null;
    }
  /** Who had what an agent has just got, since it had that last. */
  | {
      readonly kind: 'formerHolders';
      readonly agent: AgentId;
      readonly epoch: Epoch;
      /** 1 to {@link formerHoldersLocksMax}. */
      readonly locks: readonly GotLock[];
    }
  | { readonly kind: 'token'; readonly scope: ScopePath; readonly token: FencingToken }
  /** Checks every invariant on the current state. */
  | { readonly kind: 'violations' }
  /** What was found to break a rule and is not over. */
  | { readonly kind: 'openViolations' }
  | { readonly kind: 'health' };

export type QueryKind = Query['kind'];

export interface Answers {
  status: StatusAnswer;
  scopes: ScopesAnswer;
  history: HistoryAnswer;
  why: WhyAnswer;
  mayWrite: MayWriteAnswer;
  scopesOf: ScopesOfAnswer;
  impact: ImpactAnswer;
  notices: NoticesAnswer;
  formerHolders: FormerHoldersAnswer;
  token: TokenAnswer;
  violations: ViolationsAnswer;
  openViolations: OpenViolationsAnswer;
  health: HealthAnswer;
}
export type Answer<Q extends Query> = Answers[Q['kind']];

/** A point in the log: by its position, or the last revision at or before a time. */
export type Moment =
  | { readonly kind: 'revision'; readonly revision: Revision }
  | { readonly kind: 'time'; readonly atMs: TimeMs };

export interface HistoryFilter {
  readonly agent?: AgentId;
  /** With all that concerns its files. Of scope, file and resource one at most is given. */
  readonly scope?: ScopePath;
  readonly file?: FilePath;
  readonly resource?: ResourceName;
  readonly sinceMs?: TimeMs;
  readonly untilMs?: TimeMs;
  /** Event kinds, whole (`lock.granted`) or as a group (`lock`). */
  readonly events?: readonly string[];
}
