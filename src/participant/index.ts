/** An agent taking part, for every face: what is done in its name. What people read is the face's. */
export { acquire, type AcquirePorts, type AcquireWish, type Granted, type NotGranted } from './acquiring.ts';
export { changedByHolder, formerHoldersOf, type ChangedSince } from './changes.ts';
export { goneCodes, overCodes, type AgentCommand } from './agent-commands.ts';
export { resultOf } from './answers.ts';
export { releaseGrants } from './giving-back.ts';
export { type HeldLock } from './held-lock.ts';
export {
  writeContext,
  type ContextBefore,
  type ContextChange,
  type Files,
  type Written,
} from './context-write.ts';
export type { Held } from './holdings.ts';
export { impactOfLocks } from './impact.ts';
export { inTime, lookPatienceMs } from './in-time.ts';
export { goOn, join, type Joined, type JoinPorts, type WentOn } from './joining.ts';
export { LeaseRenewer, type LeaseEnd, type LeaseLoss } from './lease-renewer.ts';
export type { Heard, Saying } from './correspondence.ts';
export { endOf, type Ended, type Loss } from './losses.ts';
export { LogClock } from './log-clock.ts';
export { claimOf, ownClaimOf, type Claim } from './claiming.ts';
export {
  onlyOne,
  resourceNamed,
  typedTrouble,
  wishNamed,
  type Lies,
  type NamingPorts,
  type Purpose,
  type TypedPath,
} from './naming.ts';
export { nameTrouble } from './unlockable.ts';
export { Participant } from './participant.ts';
export {
  hasJoined,
  MemorySessions,
  proofOf,
  type AgentSession,
  type Occupant,
  type Occupation,
  type SessionKeeping,
} from './session.ts';
export { scopesOfPaths, type PathAround } from './scopes-of-paths.ts';
export { stagedFile } from './staged-marks.ts';
export { Speaker } from './speaker.ts';
export { isNews, isToBeKept, keepTold, newsOf } from './telling.ts';
export { TicketWait } from './ticket-wait.ts';
