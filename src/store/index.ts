export type {
  AppendOutcome,
  LogBounds,
  LogStore,
  ReadOutcome,
  SearchOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from './log-store.ts';
export { agentSubject, eventSubject, isRenewal, nameSubject, type EntrySearch } from './subjects.ts';
export { storedFormat } from './codec.ts';
export { printOf } from './marks.ts';
export { damageRemedyFor, StoreError, withFile, storeErrorCodes, type StoreErrorCode } from './errors.ts';
