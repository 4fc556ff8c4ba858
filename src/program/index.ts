/** The face for a program of one's own. */
export { takePart, type TakePartOptions } from './take-part.ts';
export type { AcquireOptions, Agent } from './agent.ts';
export type { Addressed, News } from './correspondence.ts';
export type { Named } from './named.ts';
export type { Lock } from './lock.ts';
export { RefusedError, type RefusedCode } from './refused-error.ts';
