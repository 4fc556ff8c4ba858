import type { AgentId, FilePath, Revision, ScopePath, TimeMs } from './ids.ts';

/** What a violation is about. Each rule, of the machine or of the files, belongs to one of them. */
export const violationTypes = [
  'ContextConsistency',
  'DependencyIntegrity',
  'AgentCoordination',
  'LockConsistency',
] as const;

export type ViolationType = (typeof violationTypes)[number];

/** By which a violation is known while it is open. */
export interface ViolationName {
  readonly type: ViolationType;
  /** An invariant's name, or a rule's. */
  readonly rule: string;
  /** A file, a scope, an agent, a ticket; `*`: the whole. */
  readonly subject: string;
}

/** What was found. */
export interface ViolationFacts extends ViolationName {
  /** Where it is; left out where it is in no scope. */
  readonly scope?: ScopePath;
  readonly file?: FilePath;
  /** Who held that then; null: nobody. */
  readonly holder: AgentId | null;
  readonly evidence: string;
  readonly remedy: string;
}

/** A violation that is not over. */
export interface OpenViolation extends ViolationFacts {
  readonly sinceMs: TimeMs;
  readonly revision: Revision;
}

/** `repaired`: what was there before was put back. `mended`: somebody has made it right. `gone`: there is nothing left that could break the rule. */
export const violationEnds = ['repaired', 'mended', 'gone'] as const;
export type ViolationEnd = (typeof violationEnds)[number];
