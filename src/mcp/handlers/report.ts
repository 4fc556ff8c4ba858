import type { DeskAgent } from '../../participant/desk/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { refusalAnswer } from '../refusals.ts';
import { quoted } from '../text.ts';
import type { AgentHandler, Work } from './handler.ts';

/** Says how the agent is, or that it takes part no more. */
export const report: AgentHandler<'agent_report'> = async (work, { agent }, { status, message }) => {
  if (status === 'left') return leave(work, agent, message);
  if (status === 'blocked' && message === undefined)
    throw invalidInput('message', 'an agent that is blocked says why, so that others can help');
  const reply = await agent.submit({ kind: 'SetAgentStatus', status, reason: message ?? null });
  if (!reply.ok) return refusalAnswer(reply.rejection);
  if (reply.result.kind !== 'statusSet') throw new Error(`a status was answered ${reply.result.kind}`);
  const { released } = reply.result;
  agent.holdings.released(released);
  const given = released.length === 0 ? '' : ` Gave back ${released.map(quoted).join(', ')}.`;
  return told(`${agent.session.agent} is ${reply.result.status}.${given}`, {
    status: reply.result.status,
    released,
  });
};

/** Last words are kept in the log; leaving has none of its own. */
async function sayLast({ workspace }: Work, agent: DeskAgent, reason: string): Promise<void> {
  const subject = { kind: 'agent', agent: agent.session.agent } as const;
  const known = await workspace.coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  if (known.agent !== null)
    await agent.submit({ kind: 'SetAgentStatus', status: known.agent.status, reason });
}

async function leave(work: Work, agent: DeskAgent, message: string | undefined): Promise<ToolAnswer> {
  // That it leaves counts for more than what it says.
  if (message !== undefined) await sayLast(work, agent, message).catch(() => undefined);
  const reply = await agent.submit({ kind: 'AgentLeave' });
  if (!reply.ok) return refusalAnswer(reply.rejection);
  await work.desk.forget(agent);
  if (reply.result.kind !== 'left') throw new Error(`a leave was answered ${reply.result.kind}`);
  const { released, waited } = reply.result;
  agent.holdings.released(released);
  const given = released.length === 0 ? '' : `, and gave back ${released.map(quoted).join(', ')}`;
  return told(`${agent.session.agent} has LEFT${given}.`, { status: 'left', released, waited });
}
