import type { TimeMs, Wish } from '../core/index.ts';
import type { Member } from './machine.ts';

/** A part of a job that is asked for in one request. A job is one piece, unless that is too much at once, or it is done in steps. */
export interface Piece {
  readonly wish: Wish;
  readonly workMs: number;
  /** It is what was left of a piece that was too much for one request. */
  readonly isCut: boolean;
}

/**
 * One agent of a replay.
 *
 *     free --(next job)--> waiting or working;  waiting --(granted)--> working;  working --(done)--> free
 *     working --(a lease ran out)--> waiting or working, with the work that is left
 *     free --(no job left)--> done
 */
export interface Worker {
  readonly member: Member;
  phase: 'free' | 'waiting' | 'working' | 'done';
  /** What is left of the job, the piece at hand first. */
  pieces: readonly Piece[];
  /** It holds what it has until the job is done, not only until its piece is. */
  readonly keeps: boolean;
  /** Waiting: since when. Working: from when on. */
  sinceMs: TimeMs;
  /** When it lost a lease last; null: never. */
  lostAtMs: TimeMs | null;
  /** When it renews or, at the latest, ends its piece; null: it does nothing by itself. */
  wakeMs: TimeMs | null;
  /** The targets that were in the way when it began to wait. */
  blamed: readonly string[];
  /** The job at hand has had to wait. */
  hasWaited: boolean;
}
