export { logLevelOf, logLevelVariable, openLog, type Log, type LogOptions } from './log.ts';
export { logLevelWishes, type LogLevelWish } from './log-events.ts';
export { openOwnerLog, type OwnerLog } from './owner-log.ts';
export { bothObservers } from './both-observers.ts';
export { stackOf } from './stack-of.ts';
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
