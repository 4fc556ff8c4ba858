/**
 * The library: an agent of one's own takes part in a repository.
 *
 *     const agent = await takePart({ agent: 'nightly' });
 *     await agent.withLock('services/auth', { waitMs: 60_000 }, async (lock) => { ... });
 *     await agent.leave();
 *
 * Below it is the port to the coordinator, to which any command can be sent:
 *
 *     const coordinator = await connect({ commonDir, version, startOwner });
 *     const reply = await coordinator.submit({ requestId: newRequestId(), command });
 */
export {
  RefusedError,
  takePart,
  type AcquireOptions,
  type Addressed,
  type Agent,
  type Lock,
  type Named,
  type News,
  type RefusedCode,
  type TakePartOptions,
} from './program/index.ts';
export { connect, newRequestId, newSecret, type ConnectOptions } from './client/index.ts';
export { CoordinatorError } from './protocol/index.ts';
export type * from './protocol/index.ts';
export {
  parseAgentId,
  parseScopePath,
  rejectionCodes,
  retryAdvice,
  type FormerHolder,
  type FormerHolders,
  type Message,
  type MessageKind,
  type Notice,
  type RejectionCode,
} from './core/index.ts';
