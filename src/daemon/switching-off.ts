import { nameOf, namesOf, withFacts, type Wish } from '../core/index.ts';
import type { CommandRequest, LockView, Reply, StatusAnswer } from '../protocol/index.ts';
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
  const { agent } = command;
  const held = status.locks.filter((lock) => isAsked(command, lock));
  const waiters = status.waiters.filter((waiter) => namesOf(waiter).some((name) => isNamed(command, name)));
  // It has what it asks for, or its ticket: most likely it did not hear the answer.
  const isHolder = namesOf(command).every((name) => held.some((lock) => nameOf(lock) === name));
  const isOnlyHolder = isHolder && held.every((lock) => lock.agent === agent);
  if (isOnlyHolder || waiters.some((waiter) => waiter.agent === agent)) return request;
  const isTaken = waiters.length > 0 || held.some((lock) => lock.agent !== agent);
  if (!isTaken) throw disabled(workIn(status));
  return { ...request, command: { ...command, wait: { kind: 'none' } } };
}

const isNamed = (wish: Wish, name: string): boolean => namesOf(wish).some((each) => each === name);

/** Whether a lock is of what is asked for, or of more: of a whole scope that a file lies in. */
function isAsked(wish: Wish, lock: LockView): boolean {
  if (isNamed(wish, nameOf(lock))) return true;
  const { scope, file } = lock;
  if (scope === undefined) return false;
  if (file !== undefined) return wish.scopes.includes(scope);
  return (wish.files ?? []).some((path) => scope === '.' || path.startsWith(`${scope}/`));
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
