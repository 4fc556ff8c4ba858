/**
 * The library: reach a repository's coordinator from a program of one's own.
 *
 *     const coordinator = await connect({ commonDir, version, startOwner });
 *     const reply = await coordinator.submit({ requestId: newRequestId(), command });
 */
export { connect, newRequestId, newSecret, type ConnectOptions } from './client/index.ts';
export { CoordinatorError } from './protocol/index.ts';
export type * from './protocol/index.ts';
export {
  parseAgentId,
  parseScopePath,
  rejectionCodes,
  retryAdvice,
  type RejectionCode,
} from './core/index.ts';
