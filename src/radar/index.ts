/** What will clash when working trees and branches come together. */
export { concerned } from './concerned.ts';
export { inShort, isFresh, lastFrom, lastText, type LastLook } from './last.ts';
export { look, type Clash, type Look } from './look.ts';
export { memoryFrom, PairMemory } from './memory.ts';
export type { RadarGit, Side } from './sides.ts';
