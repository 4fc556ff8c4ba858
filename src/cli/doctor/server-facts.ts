import type { Role } from '../../protocol/index.ts';
import type { Fact } from './finding.ts';

/** The first commits of a history; null: nobody knows them. */
export type Roots = readonly string[] | null;

/** Whether two histories have nothing in common; of those that nobody knows it is not said. */
export function areOfOthers(here: Roots, there: Roots = null): boolean {
  if (here === null || there === null) return false;
  return !here.some((commit) => there.includes(commit));
}

/** What a server says of itself to whoever has a token. */
export interface ServerAbout {
  readonly version: string;
  readonly api: string;
  /** How much its clock is ahead of this machine's. */
  readonly aheadMs: number;
  /** On which its scope files lie; null: nobody knows. */
  readonly commit: string | null;
  /** The first commits of its history; null: nobody knows, as in a shallow clone. Left out by servers of before. */
  readonly roots?: Roots;
  readonly token: {
    readonly name: string;
    readonly role: Role;
    readonly agents: readonly string[];
    readonly expiresAtMs: number | null;
  };
}

export interface ServerLook {
  readonly alive: Fact<{ readonly status: number; readonly body: unknown }>;
  /** Null: it was not asked. */
  readonly ready: ServerLook['alive'] | null;
  readonly about: Fact<ServerAbout> | null;
}

export interface ServerFacts {
  readonly server: string;
  /** Whether `rhema login` noted it in this clone; else `--server` or RHEMA_SERVER names it. */
  readonly isNoted: boolean;
  readonly nowMs: number;
  /** Of this program. */
  readonly version: string;
  /** Null: none is kept here. */
  readonly token: Fact<string | null>;
  /** On which this working tree lies; null: on none, or this is none. */
  readonly commit: string | null;
  /** Of this working tree. */
  readonly roots: Roots;
  readonly look: ServerLook;
  /** As RHEMA_AGENT has it; empty: it is not set. */
  readonly agent: string;
}
