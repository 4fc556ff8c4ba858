/** Before an edit is refused because somebody else has the file: its agent waits for as long as the repository says. */
import { asDurationMs, type Rejection, type Wish } from '../../core/index.ts';
import type { AgentSession } from '../../participant/index.ts';
import { askFor } from './ask-for.ts';
import type { HookWork } from './hook-work.ts';

/** What somebody else will give back. */
export const waitedFor: ReadonlySet<Rejection['code']> = new Set(['LOCK_HELD', 'RESERVED_FOR_WAITER']);

/** Waits in the queue for what was refused; true: it was granted, and has only to be asked for again. */
export async function waitALittle(
  work: HookWork,
  session: AgentSession,
  wish: Wish,
  refusal: Rejection,
): Promise<boolean> {
  if (!waitedFor.has(refusal.code)) return false;
  const { call, repository } = work;
  const { claimWaitMs: forMs } = await call.world.inspection.hookSettings(repository);
  if (forMs === 0) return false;
  // Whoever ends this process meanwhile leaves a ticket: what it brings is known by this to have been claimed for the agent.
  work.memory.keepWanted(wish);
  work.mayTakeLonger(forMs);
  const waited = await askFor(work, session, wish, { kind: 'queue', forMs: asDurationMs(forMs) });
  return waited.kind === 'granted';
}
