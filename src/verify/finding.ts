/** Why an entry is not a step of the machine. Checked in this order; the first that applies is given. */
export const findingKinds = [
  /** The entry's revision does not follow that of the entry before. */
  'OUT_OF_SEQUENCE',
  /** The log's time runs backwards. */
  'TIME_RUNS_BACKWARDS',
  /** A lease, session, wait or block had ended by then, and the log does not say so first. */
  'OVERDUE',
  /** No command can have led to such an entry. */
  'UNREADABLE',
  /** The border would not have let the command through. */
  'MALFORMED',
  /** The machine refuses the command. */
  'REFUSED',
  /** The request id was committed before: a repeat is answered, and not logged. */
  'REPEATED',
  /** The command changes nothing, and what changes nothing is not logged. */
  'NOTHING_HAPPENED',
  /** The machine answers the command otherwise than the entry says. */
  'DIFFERS',
  /** The state after the entry breaks an invariant. */
  'VIOLATION',
  /** A snapshot beside the log is not the state that the log leads to. */
  'SNAPSHOT_DIFFERS',
] as const;

/** What breaks a rule of the log is known by these names. */
export const logRuleNames: readonly string[] = findingKinds.map((kind) => `LOG_${kind}`);

export type FindingKind = (typeof findingKinds)[number];

/** The first place at which a log is not a behaviour of the machine. Plain JSON. */
export interface Finding {
  readonly kind: FindingKind;
  readonly revision: number;
  /** The entry's command, or null where the finding is not about one. */
  readonly command: string | null;
  /** For a person to read. */
  readonly problem: string;
  /** Where in the entry, as in `events[0].deadlineMs`; null where it is about the whole. */
  readonly path: string | null;
  readonly expected: unknown;
  readonly recorded: unknown;
}

const changedFile =
  'the log was changed by something else than rhema, or by a bug of it: restore the file from a backup, a database with its -wal, and if no other program touched it report the entries up to this one';

const remedies: { readonly [Kind in FindingKind]: string } = {
  OUT_OF_SEQUENCE: `an entry is missing or stands twice: ${changedFile}`,
  TIME_RUNS_BACKWARDS: changedFile,
  OVERDUE: changedFile,
  UNREADABLE: changedFile,
  MALFORMED: changedFile,
  REFUSED: changedFile,
  REPEATED: changedFile,
  NOTHING_HAPPENED: changedFile,
  DIFFERS: changedFile,
  VIOLATION: 'this is a bug of rhema: report it with the entries up to this one',
  SNAPSHOT_DIFFERS:
    'the entries are sound, the snapshot is not: restore the file from a backup, a database with its -wal, or export the log and begin anew',
};

/** What to do about a finding. */
export function remedyFor({ kind }: Finding): string {
  return remedies[kind];
}
