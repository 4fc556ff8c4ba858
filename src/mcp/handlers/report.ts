import { leave, report as reportAs, type DeskAgent } from '../../participant/desk/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { refusalAnswer } from '../refusals.ts';
import { quoted } from '../text.ts';
import type { AgentHandler, Work } from './handler.ts';

/** Says how the agent is, or that it takes part no more. */
export const report: AgentHandler<'agent_report'> = async (work, { agent }, { status, message }) => {
  if (status === 'left') return leaving(work, agent, message ?? null);
  if (status === 'blocked' && message === undefined)
    throw invalidInput('message', 'an agent that is blocked says why, so that others can help');
  const reported = await reportAs(agent, status, message ?? null);
  if (reported.kind === 'refused') return refusalAnswer(reported.rejection);
  const { released } = reported;
  const given = released.length === 0 ? '' : ` Gave back ${released.map(quoted).join(', ')}.`;
  return told(`${agent.session.agent} is ${reported.status}.${given}`, { status: reported.status, released });
};

async function leaving(
  { desk, workspace }: Work,
  agent: DeskAgent,
  lastWords: string | null,
): Promise<ToolAnswer> {
  const left = await leave(desk, workspace.coordinator, agent, lastWords);
  if (left.kind === 'refused') return refusalAnswer(left.rejection);
  const { released, waited } = left;
  const given = released.length === 0 ? '' : `, and gave back ${released.map(quoted).join(', ')}`;
  return told(`${agent.session.agent} has LEFT${given}.`, { status: 'left', released, waited });
}
