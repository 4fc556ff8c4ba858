/** What is told: each finding with its evidence from the log, and one thing to do. */
import type { Handovers } from './handovers.ts';
import type { LapseTally } from './lapses.ts';
import type { Needless } from './needless.ts';
import type { IdleHolds } from './idle.ts';
import type { Stuck } from './stuck.ts';
import type { Longest, PairTally, TargetTally } from './tallies.ts';

/** In the order in which they are told. */
export const findingKinds = [
  'stuck',
  'lapsed',
  'waitShare',
  'busyTarget',
  'needlessWaits',
  'places',
  'waitsOn',
  'oscillation',
  'idleHolder',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** A command line, or a line of the configuration. */
export type Suggestion =
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | { readonly kind: 'setting'; readonly file: 'rhema.yaml'; readonly key: string; readonly value: string };

export interface Evidences {
  readonly stuck: Stuck;
  readonly lapsed: LapseTally;
  readonly waitShare: { readonly waitedMs: number; readonly workingMs: number; readonly share: number };
  readonly busyTarget: Omit<TargetTally, 'name'>;
  readonly needlessWaits: Needless;
  readonly places: { readonly waitedMs: number; readonly longest: Longest; readonly places: number };
  readonly waitsOn: PairTally;
  readonly oscillation: Omit<Handovers, 'name'>;
  readonly idleHolder: IdleHolds;
}

export type FindingOf<Kind extends FindingKind> = {
  readonly kind: Kind;
  readonly evidence: Evidences[Kind];
  readonly suggestion: Suggestion;
};
export type Finding = { [Kind in FindingKind]: FindingOf<Kind> }[FindingKind];

/** For whom what is suggested is meant. */
export interface Reader {
  /** Whether the log itself is on this machine, so that commands that read it whole work. */
  readonly hasLog: boolean;
}

export const command = (...words: readonly string[]): Suggestion => ({ kind: 'command', words });
export const setting = (key: string, value: string): Suggestion => ({
  kind: 'setting',
  file: 'rhema.yaml',
  key: `agent_coordination.${key}`,
  value,
});
