import { LogObserver } from './log-observer.ts';
import type { LogLevelWish } from './log-events.ts';
import { openLog, type Log } from './log.ts';
import { withoutRepeats } from './without-repeats.ts';

/** The log of whoever owns a log of entries. */
export interface OwnerLog {
  /** Each line has the revision up to which the entries are known. */
  readonly log: Log;
  /** Is to be told of the work. */
  readonly observer: LogObserver;
}

export function openOwnerLog(monotonicMs: () => number, level?: LogLevelWish): OwnerLog {
  const opened = openLog({ revision: () => observer.revision, ...(level && { level }) });
  const log = withoutRepeats(opened, monotonicMs);
  const observer = new LogObserver(log, monotonicMs);
  return { log, observer };
}
