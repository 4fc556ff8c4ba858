/** What breaks a rule, in the machine, in the log and in the working tree: under which name, of which type, with which remedy. */
export { ofContextProblem, ofLog, ofScopeProblem, ofViolation, type Finding } from './finding.ts';
export { isOfFiles, isOfLog, ruleNames } from './rules.ts';
export {
  isBroken,
  isContextFile,
  recordedFiles,
  recordedFinding,
  rulesBrokenBy,
  type RecordedFile,
} from './recorded.ts';
