import { shownTarget, type AgentId } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { clockTime } from '../format/time.ts';

/**
 * How to go on beside an agent that takes part, and for which nobody can speak from here: its session is another account's,
 * or what was kept of it was damaged or lost. Null: no such agent takes part.
 */
export async function besideUnspokenFor(call: Call, agent: AgentId): Promise<readonly string[] | null> {
  const { agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const view = agents.find((one) => one.agent === agent && one.presence === 'present');
  if (view === undefined) return null;
  const [first] = view.held;
  const revoke = first === undefined ? null : call.rhema('lock', 'revoke', shownTarget(first));
  return [
    line`its session is not kept on this account: it joined from another one, or its file was damaged or is gone`,
    `go on under another name: ${call.rhema('agent', 'join', `${agent}-2`)}`,
    ...(revoke === null ? [] : [`take back what it holds: ${revoke}`]),
    line`${agent} is free again at ${clockTime(view.sessionDeadlineMs, call.nowMs)}, unless it is heard of until then`,
  ];
}
