/** Whether a recorded log is a behaviour of the machine, entry by entry, and the export of logs. */
export { LogVerifier, type VerifierOptions } from './verifier.ts';
export { stateBefore, verifyLog, type VerifyOptions, type VerifyReport } from './verify-log.ts';
export { findingKinds, logRuleNames, remedyFor, type Finding, type FindingKind } from './finding.ts';
export { loadFormCheck, type FormCheck } from './form.ts';
export { commandOf, UnreadableEntry } from './logged-command.ts';
export type { LogRecord, LogSource } from './log-source.ts';
export { fromJsonLines, toJsonLines } from './json-lines.ts';
