import { encodeState, type Entry, type State, type TimeMs, type Violation } from '../core/index.ts';

/** What is kept of a state that must not exist, so that somebody can find out how it came about. Plain JSON. */
export interface Evidence {
  readonly atMs: TimeMs;
  readonly violations: readonly Violation[];
  /** The entry that would have led to it; it was not written. */
  readonly entry: Entry;
  /** The state after it, as a snapshot has it; null: it is too large, or cannot be written down at all. */
  readonly state: string | null;
  /** The last entries that were written before, the oldest first. */
  readonly tail: readonly Entry[];
}

/** Keeps it, and says where; null: it could not. */
export type KeepEvidence = (evidence: Evidence) => string | null;

const stateLengthMax = 16 * 1024 * 1024;

export function stateAsEvidence(state: State): string | null {
  try {
    const text = encodeState(state);
    return text.length > stateLengthMax ? null : text;
  } catch {
    return null;
  }
}

const tailMax = 200;

/** The last entries that were written. */
export class Tail {
  #entries: readonly Entry[] = [];

  note(entries: readonly Entry[]): void {
    this.#entries = [...this.#entries, ...entries].slice(-tailMax);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
}
