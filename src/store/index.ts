export type {
  AppendOutcome,
  LogBounds,
  LogStore,
  ReadOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from './log-store.ts';
export { StoreError, storeErrorCodes, type StoreErrorCode } from './errors.ts';
export { ManualTimers, systemTimers, type Cancel, type Timers } from './timers.ts';
