import { asDurationMs, type Rejection, type WaitWish, type Wish } from '../../core/index.ts';
import { acquire, type AgentSession } from '../../participant/index.ts';
import { agentPorts } from '../commands/speak.ts';
import type { HookWork } from './hook-work.ts';

/** Asks for what an agent edits: for as long as its session lasts. */
export async function askFor(
  work: HookWork,
  session: AgentSession,
  wish: Wish,
  wait: WaitWish,
): ReturnType<typeof acquire> {
  const leaseMs = work.memory.speaking()?.leaseMs ?? null;
  const reason = `editing in ${work.client}`;
  const ports = await agentPorts(work.call);
  const hooks = { signal: new AbortController().signal };
  const ask = { ...wish, ttlMs: leaseMs, wait, reason } as const;
  const first = await acquire(ports, session, ask, hooks);
  // A repository may allow shorter leases than its sessions last.
  const isTooLong = first.kind === 'refused' && first.reply.rejection.code === 'TTL_TOO_LONG';
  return isTooLong
    ? acquire(ports, session, { ...ask, ttlMs: longestOf(first.reply.rejection) }, hooks)
    : first;
}

const longestOf = ({ details }: Rejection) =>
  'lockTtlMaxMs' in details ? asDurationMs(details.lockTtlMaxMs) : null;
