/** What the coordination of a repository would have meant for the work that was done in it. */
export { jobOfCommit, type Job } from './job.ts';
export type { Choice } from './choice.ts';
export { unfitting, type Change } from './change.ts';
export type { Gain, Spread } from './figures.ts';
export { fit, gainFor, type Fit, type Other, type TeamGain } from './fit.ts';
export { gainMin } from './recommend.ts';
export { ClaimReader } from './recorded.ts';
