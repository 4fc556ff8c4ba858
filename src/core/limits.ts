/**
 * Hard bounds of the machine. They protect memory and the log, and are far above what a repository needs; what an
 * operator tunes is in `settings.ts`.
 */

/** Agents known at once, present and lost. */
export const agentsMax = 100_000;
/** Lost agents that stay listed; the one lost longest is forgotten first. */
export const lostAgentsMax = 1_000;
/** Scopes of one repository. The largest monorepos known to us have some 10,000 packages. */
export const scopesMax = 100_000;
/** Scopes, files and resources that one request may name. */
export const targetsPerRequestMax = 10_000;
/** Holders in the way that a refusal names. */
export const holdersShownMax = 10;
/** Tickets in the queue. */
export const waitersMax = 100_000;
/** Context files of one scope whose digest is remembered. */
export const contextFilesPerScopeMax = 1_000;
/** Results of committed commands kept so that a repeat is harmless; the oldest goes first. */
export const recentRequestsMax = 10_000;
/** Length of a request id, in characters. */
export const requestIdLengthMax = 128;
/** Violations that are open at once; what is found beyond them is found again once some are over. */
export const openViolationsMax = 500;
/** Length of the evidence and of the remedy of a violation, in characters. */
export const evidenceLengthMax = 2_000;
/** Length of free text that people and agents attach (reasons, errors), in characters. */
export const reasonLengthMax = 1_000;
/** How much of the error of a sync is told to whoever asks for the next run, in characters; the views have all of it. */
export const errorShownLengthMax = 200;
/** Length of a message, in characters. */
export const messageLengthMax = 2_000;
/** Messages that one agent may send within a minute. */
export const messagesPerMinuteMax = 30;
/** Size of an agent's metadata as JSON, in characters. */
export const metadataLengthMax = 4_096;
/** Names of the files that were changed under one lock, as they are kept with its release; how many there were is kept too. */
export const changedFilesShownMax = 20;
/** Entries that are looked at for what an agent is told at once; what came before them it can read in the log. */
export const noticeEntriesMax = 1_000;
/** Notices that an agent is told at once, the most important first. */
export const noticesMax = 20;
/** Locks of which it is said at once what was changed under them. */
export const changedLocksMax = 500;
/** Former holders that an agent is told of when it gets a lock. */
export const formerHoldersMax = 5;
