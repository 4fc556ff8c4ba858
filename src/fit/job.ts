/**
 * Work of the past as it is replayed: what it touched, and for how long an agent is taken to be at it.
 *
 * A commit says what was changed, not for how long somebody was at it. So it is taken to need two minutes and one more for each
 * file, at most ten: a change of one file three minutes, one of two (the median of most histories) four. Recorded holds of coding
 * agents have their median at six minutes. A gain is a ratio of such times, so only their proportions matter to it; the cap keeps a
 * mechanical change of hundreds of files from counting like a week of work.
 */
import {
  asDurationMs,
  parseFilePath,
  type DurationMs,
  type FilePath,
  type ScopePath,
} from '../core/index.ts';

export interface Job {
  /** Canonical, each once. They need not be there any more: a path belongs to its nearest scope all the same. */
  readonly files: readonly FilePath[];
  /** What was locked as a whole; a commit has none. */
  readonly scopes: readonly ScopePath[];
  /** For how long it holds what it needs. */
  readonly workMs: DurationMs;
}

const minuteMs = 60_000;
const baseMinutes = 2;
const minutesMax = 10;

/** How long an agent is taken to work at so many files. */
export function workMsOf(files: number): DurationMs {
  return asDurationMs(Math.min(minutesMax, baseMinutes + files) * minuteMs);
}

/** A path that nothing can be locked under (one with a control character) is left out: it needs no lock. */
export function jobOfCommit({ files }: { readonly files: readonly string[] }): Job {
  const paths = new Set<FilePath>();
  for (const file of files) {
    const parsed = parseFilePath(file);
    if (parsed.ok) paths.add(parsed.value);
  }
  return { files: [...paths], scopes: [], workMs: workMsOf(files.length) };
}
