/**
 * How far the coordination is to go, in the order in which a team may adopt it. `optional` is meant only to report, `default`
 * to repair and sync by itself as well, `strict` to block what breaks the rules. Nothing acts on it yet.
 */
export const stages = ['optional', 'default', 'strict'] as const;
export type Stage = (typeof stages)[number];
