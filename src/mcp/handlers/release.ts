import type { FencingToken, Rejection, ScopePath } from '../../core/index.ts';
import type { DeskAgent } from '../../participant/desk/index.ts';
import type { TicketWait } from '../../participant/index.ts';
import { told, type ToolAnswer } from '../answer.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { refusalAnswer } from '../refusals.ts';
import { scopesNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import type { AgentHandler } from './handler.ts';

/** Gives back what is held of the named scopes, and the place of whoever waits for them; without names, everything. */
export const release: AgentHandler<'lock_release'> = async (work, { agent }, input) => {
  const named = input.scopes ?? [];
  const scopes = named.length === 0 ? null : await scopesNamed(work.workspace, named);
  const gaveUp = await giveUpWait(agent, scopes);
  // What is about to be given back is named by the token that it has now.
  if (scopes?.some((scope) => agent.holdings.tokenOf(scope) === null) === true)
    await agent.lookAtAll().catch(() => undefined);
  const groups = scopes === null ? [{ scopes: null, token: null }] : byToken(agent, scopes, gaveUp);
  const { released, refusal } = await releaseAll(agent, groups);
  agent.holdings.released(released);
  const parts = [
    ...(released.length === 0 ? [] : [`RELEASED ${released.map(quoted).join(', ')}.`]),
    ...(gaveUp === null ? [] : [`Gave up ticket ${gaveUp.ticket}.`]),
  ];
  const done = parts.join(' ');
  const facts = { released, ticket: gaveUp?.ticket ?? null };
  if (refusal === null) return told(done === '' ? nothingHeld : done, facts);
  const answer = notOurs.has(refusal.code)
    ? refusalAnswer(refusal, { next: lookFirst })
    : await informedRefusal(work, agent, refusal);
  return partly(answer, done, facts);
};

/** What was to be given back is the agent's no more. */
const notOurs: ReadonlySet<Rejection['code']> = new Set(['LOCK_NOT_HELD', 'STALE_FENCING_TOKEN']);
const lookFirst =
  'if you have edited there, stop: lock_check says what happened, and who has it now. Name only what you hold.';

const nothingHeld = 'You hold nothing: there was nothing to give back.';

/** Of a release that was refused, what was done before stands below it. */
function partly(refused: ToolAnswer, done: string, facts: ToolAnswer['facts']): ToolAnswer {
  if (done === '') return refused;
  return { ...refused, text: `${refused.text}\n${done}`, facts: { ...refused.facts, ...facts } };
}

/** What one command gives back: under the token that this agent was granted, so that nothing else is. */
interface Group {
  /** Null: whatever is held. */
  readonly scopes: readonly ScopePath[] | null;
  readonly token: FencingToken | null;
}

/** Those of which nothing is known come first: when they are refused, nothing has been given back. */
function byToken(agent: DeskAgent, scopes: readonly ScopePath[], gaveUp: TicketWait | null): Group[] {
  const groups = new Map<FencingToken | null, ScopePath[]>();
  for (const scope of scopes) {
    const token = agent.tokenFor(scope);
    if (agent.holdings.tokenOf(scope) === null && gaveUp?.scopes.includes(scope) === true) continue;
    groups.set(token, [...(groups.get(token) ?? []), scope]);
  }
  const all = [...groups].map(([token, named]) => ({ scopes: named, token }));
  return all.sort((a, b) => (a.token ?? 0) - (b.token ?? 0));
}

async function releaseAll(
  agent: DeskAgent,
  groups: readonly Group[],
): Promise<{ readonly released: readonly ScopePath[]; readonly refusal: Rejection | null }> {
  const released: ScopePath[] = [];
  for (const group of groups) {
    const reply = await agent.submit({ kind: 'ReleaseLock', ...group });
    if (!reply.ok) return { released, refusal: reply.rejection };
    if (reply.result.kind !== 'released') throw new Error(`a release was answered ${reply.result.kind}`);
    released.push(...reply.result.scopes);
  }
  return { released, refusal: null };
}

/** The wait that was given up; null when it waits for something else, or not at all. */
async function giveUpWait(agent: DeskAgent, scopes: readonly ScopePath[] | null): Promise<TicketWait | null> {
  const { wait } = agent;
  if (wait === null) return null;
  if (scopes !== null && !wait.scopes.some((scope) => scopes.includes(scope))) return null;
  await agent.giveUp(wait);
  return wait;
}
