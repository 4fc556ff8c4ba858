import { targetOf, type OneName } from '../core/index.ts';
import type { LockView } from '../protocol/index.ts';
import { shownLock } from '../wording/index.ts';
import type { Notice } from './model.ts';
import type { TopPorts } from './ports.ts';

/**
 * Takes a lock back, as `rhema lock revoke` does. Between the question and the answer it may have gone to another agent, whom
 * nobody meant: then it is not done.
 */
export async function revoke(
  { coordinator, operator, newRequestId }: Pick<TopPorts, 'coordinator' | 'operator' | 'newRequestId'>,
  lock: LockView,
  reason: string | null,
): Promise<Notice> {
  const name = shownLock(lock);
  try {
    const { locks } = await coordinator.query({ kind: 'status', at: null });
    const now = locks.find((other) => targetOf(other) === targetOf(lock));
    if (now?.token !== lock.token) return trouble(`nothing was revoked: ${changedText(name, now)}`);
    const command = { kind: 'RevokeLock', ...nameOf(lock), by: operator, reason } as const;
    const reply = await coordinator.submit({ requestId: newRequestId(), command });
    if (!reply.ok)
      return trouble(`nothing was revoked: ${reply.rejection.message} (${reply.rejection.code})`);
    const text = `revoked ${name} from ${lock.agent}: its token ${lock.token} is refused from now on`;
    return { text, isTrouble: false };
  } catch (error) {
    return trouble(`${name} was not revoked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const trouble = (text: string): Notice => ({ text, isTrouble: true });

const changedText = (name: string, now: LockView | undefined): string =>
  now === undefined ? `${name} is free by now` : `${name} is held by ${now.agent} by now`;

function nameOf({ resource, slot, file, scope }: LockView): OneName & { readonly slot?: number } {
  if (resource !== undefined) return { resource, slot };
  return file === undefined ? { scope } : { file };
}
