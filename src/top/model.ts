import type { AgentId, Entry, OpenViolation, Target } from '../core/index.ts';
import type { LockView, StatusAnswer, WhyAnswer, WhySubject } from '../protocol/index.ts';

/** All that the view is drawn from: what is known, and what the person has chosen. Drawing and keys only read and replace it. */
export interface Model {
  readonly size: Size;
  /** What is looked at: a repository's folder, or a server. */
  readonly place: string;
  readonly nowMs: number;
  /** Null: nothing was heard yet. */
  readonly facts: Facts | null;
  readonly link: Link;
  readonly list: ListName;
  readonly choices: Readonly<Record<ListName, Choice>>;
  /** Only rows that have this somewhere are shown. */
  readonly filter: string;
  readonly page: Page;
  /** What is being typed on the last line; null: keys are commands. */
  readonly typing: Typing | null;
  /** What came of the last act, until the next key. */
  readonly notice: Notice | null;
  /** Whether who looks may take locks back, as far as is known. */
  readonly mayRevoke: boolean;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Facts {
  readonly status: StatusAnswer;
  readonly open: readonly OpenViolation[];
  /** Entries that tell of agents that were lost and leases that ended against their holder's will, newest first. */
  readonly lately: readonly Entry[];
}

/** How the coordinator is reached. `asked`: since when an answer is due. */
export type Link =
  | { readonly kind: 'heard'; readonly askedSinceMs: number | null }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly why: string };

export const listNames = ['agents', 'locks', 'queue'] as const;
export type ListName = (typeof listNames)[number];

export interface Choice {
  /** The row that keys are about, by its key; null: the first. */
  readonly key: string | null;
  /** Which of its columns the list is sorted by. */
  readonly sortedBy: number;
  readonly reversed: boolean;
}

export type Page =
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | {
      readonly kind: 'story';
      readonly subject: WhySubject;
      /** Of a lock: it can be revoked from here. */
      readonly target: Target | null;
      /** Null: not heard yet. */
      readonly answer: WhyAnswer | null;
      /** How many lines of it are above the screen. */
      readonly above: number;
    };

export type Typing =
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'sure'; readonly lock: LockView }
  | { readonly kind: 'reason'; readonly lock: LockView; readonly text: string };

export interface Notice {
  readonly text: string;
  readonly isTrouble: boolean;
}

const untouched: Choice = { key: null, sortedBy: 0, reversed: false };

export function newModel(place: string, size: Size, nowMs: number): Model {
  return {
    size,
    place,
    nowMs,
    facts: null,
    link: { kind: 'heard', askedSinceMs: null },
    list: 'agents',
    choices: { agents: untouched, locks: untouched, queue: untouched },
    filter: '',
    page: { kind: 'list' },
    typing: null,
    notice: null,
    mayRevoke: true,
  };
}

/** What a key asks for beyond the view itself. */
export type Act =
  | { readonly kind: 'quit' }
  /** Ctrl-C: ended as if by the signal. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'suspend' }
  /** The screen may show something else than what was drawn. */
  | { readonly kind: 'redraw' }
  /** The story that the page is about is to be heard. */
  | { readonly kind: 'hear' }
  | { readonly kind: 'revoke'; readonly lock: LockView; readonly reason: string | null };

export const storyOfAgent = (agent: AgentId): WhySubject => ({ kind: 'agent', agent });

export function storyOfLock(lock: LockView): WhySubject {
  if (lock.resource !== undefined) return { kind: 'resource', resource: lock.resource };
  return lock.file === undefined ? { kind: 'scope', scope: lock.scope } : { kind: 'file', file: lock.file };
}
