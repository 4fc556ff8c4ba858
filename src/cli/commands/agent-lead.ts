import type { AgentId } from '../../core/index.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Call } from '../call.ts';

/** Which agent, of those that take part, somebody most likely meant who misspelt its name. Null: none is close. */
export async function agentLead(call: Call, name: string): Promise<string | null> {
  const { agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const { nearest } = await import('../../config/index.ts');
  const names = agents.map((view) => view.agent);
  const near = nearest(name, names) ?? onlyOne(names.filter((one) => one.startsWith(name)));
  return near === null || near === name ? null : `did you mean ${near}?`;
}

/** That somebody has named an agent that does not take part. */
export async function noSuchAgent(call: Call, agent: AgentId): Promise<CommandError> {
  const lead = (await agentLead(call, agent)) ?? `see ${call.rhema('agent', 'list')}`;
  return new CommandError('AGENT_NOT_FOUND', exitCodes.refused, `no agent ${agent} takes part: ${lead}`, {
    agent,
  });
}

const onlyOne = <T>([first, ...others]: readonly T[]): T | null =>
  first === undefined || others.length > 0 ? null : first;
