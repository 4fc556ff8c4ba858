import { shownTarget, type AgentStatus } from '../../core/index.ts';
import { leave, report as reportAs, type DeskAgent } from '../../participant/desk/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { refusalAnswer } from '../refusals.ts';
import { quoted } from '../text.ts';
import { changedBy, type AgentHandler, type Work } from './handler.ts';
import { say } from './saying.ts';

/** Says how the agent is, or that it takes part no more; or sends a message, or both. */
export const report: AgentHandler<'agent_report'> = async (work, { agent }, input) => {
  const { status, message = null } = input;
  if (input.to === undefined && input.holder_of === undefined) {
    if (input.kind !== undefined)
      throw invalidInput('kind', 'it is of a message: name in to or holder_of for whom that is');
    if (status !== undefined) return sayStatus(work, agent, status, message);
    throw invalidInput('status', 'say how you are; or name in to or holder_of for whom the message is');
  }
  const sent = await say(work, agent, input);
  if (status === undefined || sent.isError) return sent;
  const said = await sayStatus(work, agent, status, message);
  return { ...said, text: `${sent.text}\n${said.text}` };
};

async function sayStatus(
  work: Work,
  agent: DeskAgent,
  status: AgentStatus | 'left',
  message: string | null,
): Promise<ToolAnswer> {
  if (status === 'left') return leaving(work, agent, message);
  if (status === 'blocked' && message === null)
    throw invalidInput('message', 'an agent that is blocked says why, so that others can help');
  const changed = status === 'completed' ? await changedBy(work, agent, null) : {};
  const reported = await reportAs(agent, status, message, changed);
  if (reported.kind === 'refused') return refusalAnswer(reported.rejection);
  const { released } = reported;
  const given =
    released.length === 0 ? '' : ` Gave back ${released.map(shownTarget).map(quoted).join(', ')}.`;
  return told(`${agent.session.agent} is ${reported.status}.${given}`, { status: reported.status, released });
}

async function leaving(work: Work, agent: DeskAgent, lastWords: string | null): Promise<ToolAnswer> {
  const { desk, workspace } = work;
  const changed = await changedBy(work, agent, null);
  const left = await leave(desk, workspace.coordinator, agent, { lastWords, ...changed });
  if (left.kind === 'refused') return refusalAnswer(left.rejection);
  const { released, waited } = left;
  const given =
    released.length === 0 ? '' : `, and gave back ${released.map(shownTarget).map(quoted).join(', ')}`;
  return told(`${agent.session.agent} has LEFT${given}.`, { status: 'left', released, waited });
}
