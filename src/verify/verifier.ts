/**
 * Whether a log is a behaviour of the machine. The command behind each entry is decided in the
 * state before it, and the machine must answer with exactly this entry. Then the state moves on by the entry, and every
 * invariant must hold in it. No entry is trusted, none is skipped, and nothing but the state is kept.
 *
 * Rules change with the versions. What only an older version did is taken as it stands, and judged by its place and by the
 * invariants after it; `older.ts` says what that is.
 *
 * What an entry says only once and a caller was free to choose (`by`, reasons, metadata, session, request id, digests, the
 * length of a lease, the time within what was due) has no second witness: another choice would be another behaviour.
 * The store's checksums watch over these.
 */
import {
  assert,
  decide,
  encodeState,
  evolve,
  nextDeadline,
  toEntry,
  violations,
  type Command,
  type Entry,
  type State,
} from '../core/index.ts';
import { principalProblem } from './principal.ts';
import { firstDifference } from './difference.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { FormCheck } from './form.ts';
import { commandOf, UnreadableEntry } from './logged-command.ts';
import { inWordsOf, isNewRefusal, isOfOlderRules } from './older.ts';

export interface VerifierOptions {
  /** Holds each command against the schemas of the border; see `loadFormCheck`. */
  readonly checkForm?: FormCheck;
  /** Check the invariants at each n-th revision only; 1, at every one, unless given. */
  readonly invariantsEvery?: number;
}

export class LogVerifier {
  /** After the entries taken so far; changed in place. */
  readonly state: State;
  readonly #checkForm: FormCheck;
  readonly #every: number;
  #isSound = true;

  /** `base`: the state before the first entry. It is taken over, and changed. */
  constructor(base: State, { checkForm = () => null, invariantsEvery = 1 }: VerifierOptions = {}) {
    this.state = base;
    this.#checkForm = checkForm;
    this.#every = invariantsEvery;
  }

  /** Checks the next entry. After a finding no further entry can be judged. */
  take(entry: Entry): Finding | null {
    assert(this.#isSound, 'an entry after a finding cannot be judged');
    const found = this.#guarded(entry);
    this.#isSound = found === null;
    return found;
  }

  /** Checks a snapshot that belongs to the revision of the last entry taken. */
  compareSnapshot(body: string): Finding | null {
    if (body === encodeState(this.state)) return null;
    const { revision } = this.state;
    const problem = `the snapshot of revision ${revision} is not the state that the log leads to`;
    return { ...aboutNothing, kind: 'SNAPSHOT_DIFFERS', revision, command: null, problem };
  }

  /** Whatever a core that expects well-formed values stumbles over is a fault of the entry, not of this program. */
  #guarded(entry: Entry): Finding | null {
    try {
      return this.#judgeRevision(entry) ?? this.#decideAnew(entry) ?? this.#moveOn(entry);
    } catch (error) {
      const path = error instanceof UnreadableEntry ? error.path : null;
      const problem = error instanceof Error ? error.message : String(error);
      return finding(entry, 'UNREADABLE', problem, { path });
    }
  }

  #judgeRevision(entry: Entry): Finding | null {
    const { state } = this;
    const { revision, atMs, kind } = entry;
    const next = state.revision + 1;
    if (revision !== next) {
      const found = finding(
        entry,
        'OUT_OF_SEQUENCE',
        `the entry of revision ${revision} follows ${state.revision}`,
      );
      return { ...found, revision: next, path: 'revision', expected: next, recorded: revision };
    }
    // Written so that what is no number fails, too.
    if (!(Number.isSafeInteger(atMs) && atMs >= state.timeMs))
      return finding(entry, 'TIME_RUNS_BACKWARDS', `it is from before revision ${state.revision}`, {
        path: 'atMs',
        expected: state.timeMs,
        recorded: atMs,
      });
    const dueMs = nextDeadline(state);
    // A take-over stands before what its clock would end: it starts all of that anew.
    if (dueMs !== null && dueMs <= atMs && kind !== 'ExpireDue' && kind !== 'TakeOver')
      return finding(entry, 'OVERDUE', `what was due at ${dueMs} had not been ended by ExpireDue`);
    return null;
  }

  #decideAnew(entry: Entry): Finding | null {
    if (isOfOlderRules(entry)) return null;
    const command = commandOf(this.state, entry);
    const problem = principalProblem(entry) ?? this.#checkForm(command);
    return problem === null ? this.#compare(entry, command) : finding(entry, 'MALFORMED', problem);
  }

  #compare(entry: Entry, command: Command): Finding | null {
    const decision = decide(this.state, command);
    switch (decision.kind) {
      case 'rejected': {
        const { code, message } = decision.rejection;
        if (isNewRefusal(code)) return null;
        return finding(entry, 'REFUSED', `the machine refuses it: ${message}`, {
          expected: code,
          recorded: entry.result,
        });
      }
      case 'repeated':
        return finding(
          entry,
          'REPEATED',
          `request ${entry.requestId} is revision ${decision.revision} already`,
        );
      case 'committed': {
        if (decision.events.length === 0) return finding(entry, 'NOTHING_HAPPENED', 'it changes nothing');
        const anew = toEntry(this.state, command, decision, entry.principal);
        const differs = firstDifference(inWordsOf(entry, anew), entry);
        return differs === null ? null : finding(entry, 'DIFFERS', 'the machine answers otherwise', differs);
      }
    }
  }

  #moveOn(entry: Entry): Finding | null {
    evolve(this.state, entry);
    if (entry.revision % this.#every !== 0) return null;
    const [found] = violations(this.state);
    if (found === undefined) return null;
    const { invariant, subject, evidence } = found;
    return finding(entry, 'VIOLATION', `${invariant} does not hold for ${subject} (${evidence})`);
  }
}

const aboutNothing = { path: null, expected: null, recorded: null };

function finding(
  entry: Entry,
  kind: FindingKind,
  problem: string,
  at: Partial<Pick<Finding, 'path' | 'expected' | 'recorded'>> = {},
): Finding {
  const { revision, kind: command } = entry;
  return { ...aboutNothing, kind, revision, command, problem, ...at };
}
