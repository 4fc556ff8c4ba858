import { LogObserver } from './log-observer.ts';
import { openLog, type Log, type LogOptions } from './log.ts';
import { withoutRepeats } from './without-repeats.ts';

/** The log of whoever owns a log of entries. */
export interface OwnerLog {
  /** Each line has the revision up to which the entries are known. */
  readonly log: Log;
  /** Is to be told of the work. */
  readonly observer: LogObserver;
}

export function openOwnerLog(
  monotonicMs: () => number,
  options: Pick<LogOptions, 'level' | 'served'> = {},
): OwnerLog {
  const opened = openLog({ ...options, revision: () => observer.revision });
  const log = withoutRepeats(opened, monotonicMs);
  const observer = new LogObserver(log, monotonicMs);
  return { log, observer };
}
