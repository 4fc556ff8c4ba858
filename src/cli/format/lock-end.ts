import type { EarlierEnd } from '../../core/index.ts';
import { clockTime, relative, untilText } from './time.ts';

/** What is known of the end of a lock, or of a wait. */
interface Held {
  readonly agent: string;
  readonly deadlineMs: number;
  readonly endsBefore?: EarlierEnd | undefined;
  readonly latestDeadlineMs?: number | undefined;
}

/** When it ends if its agent does nothing, by whatever ends it first. */
export function endOf({ deadlineMs, endsBefore }: Held): number {
  return endsBefore?.atMs ?? deadlineMs;
}

const because = {
  session: (agent: string) => `, when the session of ${agent} ends`,
  blocked: (agent: string) => `, when ${agent} has been blocked for too long`,
} as const;

/** `until 14:06:11 (in 50 s), when the session of alice ends, and 14:10:00 at the latest`. */
export function untilEndText(lock: Held, nowMs: number): string {
  const { agent, endsBefore, latestDeadlineMs } = lock;
  const cause = endsBefore === undefined ? '' : because[endsBefore.cause](agent);
  const latest =
    latestDeadlineMs === undefined ? '' : `, and ${clockTime(latestDeadlineMs, nowMs)} at the latest`;
  return `${untilText(endOf(lock), nowMs)}${cause}${latest}`;
}

const becauseInCell = { session: ' (end of session)', blocked: ' (blocked too long)' } as const;

/** `in 50 s`, with what ends the lock where that is not its lease: `in 50 s (end of session)`. */
export function endCellText(lock: Held, nowMs: number): string {
  const cause = lock.endsBefore === undefined ? '' : becauseInCell[lock.endsBefore.cause];
  return `${relative(endOf(lock), nowMs)}${cause}`;
}
