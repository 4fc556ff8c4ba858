export { checkContext, examineContext, idsIn, type ContextReport } from './examine.ts';
export { unknownAround, type ContextAround } from './around.ts';
export type { ContextDesign } from './design.ts';
export type { ContextProblem, ContextRule } from './problems.ts';
