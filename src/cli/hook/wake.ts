/**
 * Waking an agent whose turn is over: a client that can be woken runs this in the background when its agent stops. It waits in
 * the agent's name for what it was refused last, and ends as a refusal when that is its own, which wakes the agent.
 */
import { asDurationMs, shownNames } from '../../core/index.ts';
import { acquire, proofOf } from '../../participant/index.ts';
import { someNames } from '../../wording/index.ts';
import { agentPorts, submit } from '../commands/speak.ts';
import { line } from '../format/text.ts';
import { speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { keepClaims } from './own-claims.ts';

/** Shorter than the client lets a process of its run in the background. */
export const wakeAfterMs = 9 * 60_000;

/** What is told to the agent that is woken; null: it sleeps on. */
export async function wake(work: HookWork, signal: AbortSignal): Promise<string | null> {
  const { call, memory } = work;
  const wanted = memory.wanted();
  const session = await speakingAs(work);
  if (wanted === null || session === null) return null;
  const ports = await agentPorts(call);
  const ask = {
    ...wanted,
    ttlMs: memory.speaking()?.leaseMs ?? null,
    wait: { kind: 'queue', forMs: asDurationMs(wakeAfterMs) },
    reason: `editing in ${work.client}`,
  } as const;
  const acquired = await acquire(ports, session, ask, {
    signal,
    onQueued: ({ ticket }) => memory.keepWaking(ticket),
  });
  memory.keepWaking(null);
  if (acquired.kind !== 'granted') return null;
  memory.keepWanted(null);
  keepClaims(work, acquired.locks, false);
  const names = someNames(shownNames(wanted));
  return line`rhema: it is your turn: ${names} is locked for you now, which you were refused before. Read it again, then go on with what you wanted there; if you want it no more, say so and stop.`;
}

/** The agent works again, at something else: its place in the queue, taken for it while it slept, goes back. */
export async function sleepNoMore(work: HookWork): Promise<boolean> {
  const { call, memory } = work;
  const ticket = memory.waking();
  const session = await speakingAs(work);
  if (ticket === null || session === null) return false;
  memory.keepWaking(null);
  return (await submit(call, { kind: 'CancelWait', ...proofOf(session) })).ok;
}
