/**
 * How far the coordination goes, in the order in which a team may adopt it. `optional` only reports; `default` repairs and
 * syncs by itself as well; `strict` blocks what breaks the rules.
 */
export const stages = ['optional', 'default', 'strict'] as const;
export type Stage = (typeof stages)[number];
