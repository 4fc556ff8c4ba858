/** What a log shows of the work: who waited for whom, for how long, and what would change that. */
export { InsightReader, type Insights } from './insights.ts';
export type { Finding, FindingKind, FindingOf, Suggestion } from './finding.ts';
export type { Opening } from './opening.ts';
export { Timeline } from './timeline.ts';
export type { TraceEvent } from './trace-event.ts';
