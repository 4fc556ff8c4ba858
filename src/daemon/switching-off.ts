import { withFacts, type RejectionCode } from '../core/index.ts';
import type { CommandRequest, CoordinatorError, Reply } from '../protocol/index.ts';

/**
 * What of a request is still served while coordination is being switched off, which it is when nothing is held, waited for
 * or synced any more. Nothing new is given out: whoever asks for what is free goes on without a lock, as everybody will. But
 * whoever asks for what another has is told so as ever, since that one still counts on its lock; only the queue takes nobody
 * any more. Which of the two it is, the machine says: the service fails with `off` instead of giving out anything new.
 */
export function whileSwitchingOff(request: CommandRequest, off: CoordinatorError): CommandRequest {
  const { command } = request;
  if (command.kind === 'StartSync') throw off;
  // A ticket that it has already is found again whether it asks to wait or not.
  return command.kind === 'AcquireLock'
    ? { ...request, command: { ...command, wait: { kind: 'none' } } }
    : request;
}

/** To whoever would have waited: why it may not, and what becomes of it. */
export function withQueueClosed(reply: Reply): Reply {
  if (reply.ok || !busyCodes.has(reply.rejection.code)) return reply;
  const { rejection } = reply;
  const message = `${rejection.message}. ${queueClosed}`;
  return { ...reply, rejection: withFacts({ ...rejection, message }, { queueClosed }) };
}

/** After these one may wait, as a rule. */
const busyCodes: ReadonlySet<RejectionCode> = new Set<RejectionCode>([
  'LOCK_HELD',
  'RESERVED_FOR_WAITER',
  'CONCURRENCY_LIMIT',
]);

const queueClosed =
  'The queue takes nobody any more, since coordination is being switched off: nothing new is given out, and once nothing is held, nothing keeps agents apart';
