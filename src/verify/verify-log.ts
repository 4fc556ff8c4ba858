import { decodeState, initialState, invariantNames, SnapshotError, type State } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import type { Finding } from './finding.ts';
import { loadFormCheck } from './form.ts';
import type { LogRecord, LogSource } from './log-source.ts';
import { LogVerifier } from './verifier.ts';

export interface VerifyOptions {
  /** Check the invariants at each n-th revision only; 1, at every one, unless given. */
  readonly invariantsEvery?: number;
  /** Called after every 1,000 entries with how many are done. */
  readonly onProgress?: (entries: number) => void;
  /** The last revision that is looked at; the whole log unless given. */
  readonly upTo?: number;
  /** Called with the state after the last entry that was looked at, where all are sound. */
  readonly onEnd?: (state: State) => void;
}

/** What came of a log. */
export interface VerifyReport {
  /** The first place that is not as it must be; null when the whole log is a behaviour of the machine. */
  readonly finding: Finding | null;
  /** The revision that the first entry follows: 0, or that of the snapshot with which a compacted log begins. */
  readonly after: number;
  /** Entries that are steps of the machine. */
  readonly entries: number;
  /** The last revision that is sound. */
  readonly revision: number;
  /** Snapshots that are the state that the log leads to. */
  readonly snapshots: number;
  /** Each was checked at each of `revisionsChecked`. */
  readonly invariants: readonly string[];
  readonly revisionsChecked: number;
}

const progressEntries = 1_000;

/**
 * Verifies a log to its end or to the first finding, in memory that does not grow with it. Throws a
 * {@link CoordinatorError} where the log cannot be read, or begins with a snapshot that cannot be used.
 */
export async function verifyLog(source: LogSource, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { invariantsEvery = 1, onProgress = () => undefined, upTo = Number.POSITIVE_INFINITY } = options;
  const base = stateBefore(source);
  const after = base.revision;
  const verifier = new LogVerifier(base, { checkForm: await loadFormCheck(), invariantsEvery });
  const counts = { entries: 0, snapshots: 0 };
  let finding: Finding | null = null;
  for await (const record of source.records) {
    if (record.kind === 'entry' && record.entry.revision > upTo) break;
    finding = take(verifier, record);
    if (finding !== null) break;
    if (record.kind === 'snapshot') counts.snapshots += 1;
    else if ((counts.entries += 1) % progressEntries === 0) onProgress(counts.entries);
  }
  if (finding === null) options.onEnd?.(verifier.state);
  const revision = after + counts.entries;
  const revisionsChecked = Math.floor(revision / invariantsEvery) - Math.floor(after / invariantsEvery);
  return { finding, after, ...counts, revision, invariants: invariantNames, revisionsChecked };
}

function take(verifier: LogVerifier, record: LogRecord): Finding | null {
  return record.kind === 'entry'
    ? verifier.take(record.entry)
    : verifier.compareSnapshot(record.snapshot.body);
}

/** The state that the first entry of a log follows. Throws a {@link CoordinatorError} where its snapshot cannot be used. */
export function stateBefore({ base }: LogSource): State {
  if (base === null) return initialState();
  try {
    return decodeState(base.body);
  } catch (cause) {
    if (!(cause instanceof SnapshotError)) throw cause;
    throw new CoordinatorError(
      'STORE_FAILURE',
      `the log begins after revision ${base.revision}, and its snapshot cannot be used: ${cause.message}`,
      { cause, details: { store: 'CORRUPT_SNAPSHOT', revision: base.revision } },
    );
  }
}
