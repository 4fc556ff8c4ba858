export { openLog, type Log } from './log.ts';
export { LogObserver } from './log-observer.ts';
export { withoutRepeats } from './without-repeats.ts';
export { bothObservers } from './both-observers.ts';
export { noTracing } from './tracing.ts';
export type { SpanEnd, SpanWish, Tracing } from './tracing.ts';
export type {
  AnsweredCommand,
  AnsweredQuestion,
  ClaimKind,
  Commit,
  Figures,
  Observer,
  Problem,
  ProblemKind,
  Verdict,
} from './observer.ts';
