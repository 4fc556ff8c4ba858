/** Whether what somebody is about to write is in the way of others. */
export { claim, type Claimed } from './claim.ts';
export { atRisk, locksOver, type AtRisk } from './whole-tree.ts';
export { kinOf, startedBy } from './kin.ts';
export { judge, strictly, type Reason, type Verdict } from './judge.ts';
export { judgePast, type PastCommit, type PastRefusal } from './past.ts';
export { subjectsInIndex, subjectsOf, type NamedPlace, type Subject } from './subjects.ts';
