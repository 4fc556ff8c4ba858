import type { FencingToken, Rejection, ScopePath } from '../../core/index.ts';
import { resultOf } from '../answers.ts';
import type { TicketWait } from '../ticket-wait.ts';
import type { DeskAgent } from './desk-agent.ts';

export interface Release {
  readonly released: readonly ScopePath[];
  /** The ticket that was given up, too. */
  readonly gaveUp: TicketWait | null;
  /** Why the rest was not given back. */
  readonly refusal: Rejection | null;
}

/** Gives back what an agent holds of some scopes, and its ticket when it waits for one of them; null: everything. */
export async function release(agent: DeskAgent, scopes: readonly ScopePath[] | null): Promise<Release> {
  const gaveUp = await giveUpWait(agent, scopes);
  // What is about to be given back is named by the token that it has now.
  if (scopes?.some((scope) => agent.holdings.tokenOf(scope) === null) === true)
    await agent.lookAtAll().catch(() => undefined);
  const groups = scopes === null ? [{ scopes: null, token: null }] : byToken(agent, scopes, gaveUp);
  const { released, refusal } = await releaseAll(agent, groups);
  agent.holdings.released(released);
  return { released, gaveUp, refusal };
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
    released.push(...resultOf(reply.result, 'released').scopes);
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
