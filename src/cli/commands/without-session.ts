import { shownTarget, type AgentId } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { clockTime } from '../format/time.ts';

interface Unspoken {
  readonly story: readonly string[];
  /** Command lines: to go on under another name, and to take back what it holds. */
  readonly next: readonly string[];
}

/**
 * How to go on beside an agent that takes part, and for which nobody can speak from here: its session is another account's,
 * or what was kept of it was damaged or lost. Null: no such agent takes part.
 */
export async function besideUnspokenFor(call: Call, agent: AgentId): Promise<Unspoken | null> {
  const { agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const view = agents.find((one) => one.agent === agent && one.presence === 'present');
  if (view === undefined) return null;
  const [first] = view.held;
  return {
    story: [
      'its session is not kept on this account: it joined from another one, or its file was damaged or is gone',
      line`${agent} is free again at ${clockTime(view.sessionDeadlineMs, call.nowMs)}, unless it is heard of until then`,
    ],
    next: [
      call.rhema('agent', 'join', `${agent}-2`),
      ...(first === undefined ? [] : [call.rhema('lock', 'revoke', shownTarget(first))]),
    ],
  };
}
