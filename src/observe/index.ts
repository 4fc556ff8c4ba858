export { openLog, type Log } from './log.ts';
export { LogObserver } from './log-observer.ts';
export { withoutRepeats } from './without-repeats.ts';
export type { Commit, Observer, Problem } from './observer.ts';
