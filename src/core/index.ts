/** The pure core: what is decided, and what follows from it. No I/O, no clock, no randomness. */
export * from './ids.ts';
export * from './visible.ts';
export { readAs } from './look-alikes.ts';
export { assert, AssertionError, must, unreachable } from './assert.ts';
export * from './limits.ts';
export * from './settings.ts';
export type * from './state.ts';
export * from './statuses.ts';
export * from './message-forms.ts';
export * from './violation-forms.ts';
export type { RecentRequest } from './requests.ts';
export type * from './changed-files.ts';
export type * from './commands.ts';
export type * from './events.ts';
export type * from './results.ts';
export { rejectionCodes, retryAdvice, type RejectionCode, type RetryAdvice } from './rejection-codes.ts';
export { madeOf, withFacts, type ByCode, type Rejection, type RejectionOf } from './rejections.ts';
export type { CommonFacts, FactsByCode, HolderInTheWay, RefusalFacts } from './refusal-facts.ts';
export { sessionMismatch } from './gate.ts';
export { initialState } from './initial-state.ts';
export { count } from './count.ts';
export { formatDuration } from './duration.ts';
export { duration, timeLeft } from './length.ts';
export { decide, decideRepeat, toEntry } from './decide.ts';
export type { Decision } from './decision.ts';
export { evolve } from './evolve.ts';
export { eventGroups, eventKinds } from './event-kinds.ts';
export { beginningOf, concernedBy, type Concerned, type SubjectName } from './concerned.ts';
export {
  endsOfScope,
  formerHolders,
  grantsOf,
  type FormerHolder,
  type FormerHolders,
  type GotLock,
} from './former-holders.ts';
export { nextDeadline } from './expiry.ts';
export {
  isSlot,
  lockNameOf,
  nameOf,
  nameWith,
  namesOf,
  oneNameOf,
  partsOf,
  shownName,
  shownNames,
  shownTarget,
  targetOf,
  targetsOf,
  wantedAs,
  wishOfNames,
  withoutNone,
  type LockName,
  type OfScope,
  type OneName,
  type Target,
  type WantedName,
  type Wish,
} from './targets.ts';
export { overlap, scopeOf, wantedName, wishOf } from './overlap.ts';
export { fileIn, scopeAround } from './scope-of-file.ts';
export {
  fitsFolder,
  fitsPath,
  parsePattern,
  patternLengthMax,
  patternOf,
  patternsMax,
  type PathPattern,
} from './patterns.ts';
export { isFree } from './free.ts';
export { writeObstacle, type WriteObstacle, type Writer } from './write.ts';
export { contendedSince, endsBefore, latestEnd, toGrant, type EarlierEnd } from './leases.ts';
export { linesOverlapping } from './lines.ts';
export { locksOverlapping } from './contention.ts';
export { addTo } from './groups.ts';
export { cycleText } from './cycle-text.ts';
export { dependencyWaves, findCycle, reachableInOrder } from './graph.ts';
export {
  isLockEnd,
  type Change,
  type LockEndEvent,
  type Notice,
  type NoticeKind,
  type NoticeOf,
  type Some,
  type Stretch,
  type Told,
} from './notice.ts';
export { noticeBeginnings, noticeEventKinds, noticesFor, type LogOfNotices } from './notices.ts';
export { invariantNames, invariants, violations, type InvariantName } from './safety/index.ts';
export type { Violation } from './safety/violation.ts';
export { typeOfInvariant } from './safety/violation-types.ts';
export { decodeState, encodeState, SnapshotError } from './snapshot.ts';
