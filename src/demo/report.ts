import type { FencingToken, ScopePath } from '../core/index.ts';
import type { Whereabouts } from './owner.ts';

/** The parts that agents play. */
export type Role =
  /** Takes a file of the busiest scope beside another that does the same, until both are told that both have theirs. */
  | 'neighbour'
  /** Edits under lock, again and again. */
  | 'worker'
  /** Works like the others, after asking for dependencies that would form a cycle. */
  | 'cyclist'
  /** Takes the lock of the busiest scope after the sleeper, and is killed while it holds it. */
  | 'victim'
  /** Takes the lock of the busiest scope, is frozen past its lease, and wakes up believing that it still holds it. */
  | 'sleeper';

/** How an agent takes part: by the coordinator's port, or through the tools of `rhema mcp`. */
export type Way = 'socket' | 'mcp';

/** What an agent process is told when it starts. */
export interface Briefing extends Whereabouts {
  readonly name: string;
  readonly role: Role;
  readonly way: Way;
  /** The busiest first. */
  readonly scopes: readonly ScopePath[];
  readonly rounds: number;
  readonly ttlMs: number;
  /** Makes its choices repeatable. */
  readonly seed: number;
}

/** What an agent process tells, one line of JSON each. */
export type Report =
  | {
      readonly kind: 'granted';
      /** Or the file in it. */
      readonly scope: ScopePath;
      readonly token: FencingToken;
      readonly waitedMs: number;
    }
  | { readonly kind: 'edited'; readonly scope: ScopePath; readonly token: FencingToken }
  | {
      readonly kind: 'refused';
      readonly attempt: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'finished' };

/** The signal by which neighbours are told that they have met. */
export const bothAreThere = 'SIGUSR2';

/** The file that agents edit in their scope. */
export const notesFile = 'demo-notes.yaml';

export type Refused = Extract<Report, { kind: 'refused' }>;

export function refusalsOf(reports: readonly Report[]): Refused[] {
  return reports.filter((report): report is Refused => report.kind === 'refused');
}
