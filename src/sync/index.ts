/** Syncs that do something: what is to be synced, in which order, and the run of it. */
export { isTreeDigest, ownDigests, treeDigest, type OwnDigests } from './digest.ts';
export { abortedQuery, abortedRuns, dueScopes, type AbortedRuns } from './due.ts';
export type { CommandEnd, SyncNews, SyncOutcome, SyncProblem } from './news.ts';
export { planSync, type Plan, type Step, type Why } from './plan.ts';
export { survey, syncScopes, type Look, type RunnerPorts, type Survey, type SyncReport } from './runner.ts';
export { blockedBy, type Examined, type ScopeCommand } from './scope-sync.ts';
