export type {
  AppendOutcome,
  LogBounds,
  LogStore,
  ReadOutcome,
  StoreCapabilities,
  StoredSnapshot,
} from './log-store.ts';
export { StoreError, storeErrorCodes, type StoreErrorCode } from './errors.ts';
