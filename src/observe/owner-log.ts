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
  options: Pick<LogOptions, 'level' | 'served' | 'write'> = {},
): OwnerLog {
  // What is wrong with the level is said at once, before there is an observer.
  let observer: LogObserver | null = null;
  const opened = openLog({ ...options, revision: () => observer?.revision ?? null });
  const log = withoutRepeats(opened, monotonicMs);
  observer = new LogObserver(log, monotonicMs);
  return { log, observer };
}
