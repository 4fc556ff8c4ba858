import { withFacts } from '../core/index.ts';
import type { CommandRequest, Reply, StatusAnswer } from '../protocol/index.ts';
import { disabled, workIn } from './withheld.ts';

/**
 * What of a request is still served while coordination is being switched off, which it is when nothing is held, waited for
 * or synced any more. So nothing new is given out: whoever asks for what is free goes on without a lock, as everybody
 * will. But whoever asks for what another has is told so as ever, since that one still counts on its lock; only the
 * queue takes nobody any more. Throws `DISABLED`.
 */
export function whileSwitchingOff(request: CommandRequest, status: StatusAnswer): CommandRequest {
  const { command } = request;
  if (command.kind === 'StartSync') throw disabled(workIn(status));
  if (command.kind !== 'AcquireLock') return request;
  const { agent, scopes } = command;
  const held = status.locks.filter(({ scope }) => scopes.includes(scope));
  const waiters = status.waiters.filter((waiter) => waiter.scopes.some((scope) => scopes.includes(scope)));
  // It has what it asks for, or its ticket: most likely it did not hear the answer.
  const isHolder = held.length === scopes.length && held.every((lock) => lock.agent === agent);
  if (isHolder || waiters.some((waiter) => waiter.agent === agent)) return request;
  const isTaken = waiters.length > 0 || held.some((lock) => lock.agent !== agent);
  if (!isTaken) throw disabled(workIn(status));
  return { ...request, command: { ...command, wait: { kind: 'none' } } };
}

/** To whoever would have waited: why it may not, and what becomes of it. */
export function withQueueClosed(reply: Reply): Reply {
  if (reply.ok) return reply;
  const { rejection } = reply;
  const message = `${rejection.message}. ${queueClosed}`;
  return { ...reply, rejection: withFacts({ ...rejection, message }, { queueClosed }) };
}

const queueClosed =
  'The queue takes nobody any more, since coordination is being switched off: nothing new is given out, and once nothing is held, nothing keeps agents apart';
