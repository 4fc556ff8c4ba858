import type { ScopePath } from '../../core/index.ts';
import { told } from '../answer.ts';
import type { KeptAgent } from '../kept-agent.ts';
import { refusalAnswer } from '../refusals.ts';
import { scopesNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import type { AgentHandler } from './handler.ts';

/** Gives back what is held of the named scopes, and the place of whoever waits for them; without names, everything. */
export const release: AgentHandler<'lock_release'> = async (work, { agent }, input) => {
  const named = input.scopes ?? [];
  const scopes = named.length === 0 ? null : await scopesNamed(work.workspace, named);
  const gaveUp = await giveUpWait(agent, scopes);
  const reply = await agent.submit({ kind: 'ReleaseLock', scopes, token: null });
  if (!reply.ok) return refusalAnswer(reply.rejection);
  if (reply.result.kind !== 'released') throw new Error(`a release was answered ${reply.result.kind}`);
  const released = reply.result.scopes;
  agent.holdings.released(released);
  const parts = [
    ...(released.length === 0 ? [] : [`RELEASED ${released.map(quoted).join(', ')}.`]),
    ...(gaveUp === null ? [] : [`Gave up ticket ${gaveUp}.`]),
  ];
  const text = parts.length === 0 ? nothingHeld : parts.join(' ');
  return told(text, { released, ticket: gaveUp });
};

const nothingHeld =
  'You hold none of it: it was never granted to you, is given back already, or was lost; lock_check says what happened.';

/** The ticket that was given up; null when it waits for something else, or not at all. */
async function giveUpWait(agent: KeptAgent, scopes: readonly ScopePath[] | null): Promise<number | null> {
  const { wait } = agent;
  if (wait === null) return null;
  if (scopes !== null && !wait.scopes.some((scope) => scopes.includes(scope))) return null;
  await agent.giveUp(wait);
  return wait.ticket;
}
