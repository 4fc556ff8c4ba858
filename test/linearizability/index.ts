export { isLinearizable, type Operation, type SequentialModel } from './wgl.ts';
export { lockModel, type LockAnswer, type LockCall, type LockState } from './lock-model.ts';
export {
  lockHistories,
  readHistory,
  type HistoryLine,
  type Recorded,
  type RecordedSubmit,
} from './history.ts';
export { logPositionFaults } from './log-position.ts';
