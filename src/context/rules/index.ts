export type { ContextAround } from './around.ts';
export { columnsOf } from './columns.ts';
export { examineContext, idsIn, type ContextReport } from './examine.ts';
export { entryLines, plainOf } from './plain.ts';
export { contextRules, type ContextProblem } from './problems.ts';
export { rulesOf } from './tables.ts';
