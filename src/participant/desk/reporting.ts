import type { AgentLeave, AgentStatus, Rejection, ResultOf, SetAgentStatus } from '../../core/index.ts';
import type { Coordinator } from '../../protocol/index.ts';
import type { AgentCommand } from '../agent-commands.ts';
import { resultOf } from '../answers.ts';
import type { AgentDesk } from './agent-desk.ts';
import type { DeskAgent } from './desk-agent.ts';

type Refused = { readonly kind: 'refused'; readonly rejection: Rejection };

/** Says how an agent is, which may give back what it holds. */
export async function report(
  agent: DeskAgent,
  status: AgentStatus,
  reason: string | null,
  changed: Pick<SetAgentStatus, 'changed'> = {},
): Promise<ResultOf<'statusSet'> | Refused> {
  const reply = await agent.submit({ kind: 'SetAgentStatus', status, reason, ...changed });
  if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
  const result = resultOf(reply.result, 'statusSet');
  agent.holdings.released(result.released);
  return result;
}

/** Sends a message in an agent's name. */
export async function send(
  agent: DeskAgent,
  saying: Omit<Extract<AgentCommand, { kind: 'SendMessage' }>, 'kind'>,
): Promise<ResultOf<'messageSent'> | Refused> {
  const reply = await agent.submit({ kind: 'SendMessage', ...saying });
  if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
  return resultOf(reply.result, 'messageSent');
}

/** An agent takes part no more. Its last words are kept in the log, since leaving has none of its own. */
export async function leave(
  desk: AgentDesk,
  coordinator: Pick<Coordinator, 'query'>,
  agent: DeskAgent,
  { lastWords, ...changed }: { readonly lastWords: string | null } & Pick<AgentLeave, 'changed'>,
): Promise<ResultOf<'left'> | Refused> {
  // That it leaves counts for more than what it says.
  if (lastWords !== null) await sayLast(coordinator, agent, lastWords).catch(() => undefined);
  const reply = await agent.submit({ kind: 'AgentLeave', ...changed });
  if (!reply.ok) return { kind: 'refused', rejection: reply.rejection };
  await desk.forget(agent);
  const result = resultOf(reply.result, 'left');
  agent.holdings.released(result.released);
  return result;
}

async function sayLast(
  coordinator: Pick<Coordinator, 'query'>,
  agent: DeskAgent,
  reason: string,
): Promise<void> {
  const subject = { kind: 'agent', agent: agent.session.agent } as const;
  const known = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  if (known.agent !== null)
    await agent.submit({ kind: 'SetAgentStatus', status: known.agent.status, reason });
}
