import { addTo, targetsOf, withoutNone } from '../../core/index.ts';
import type { FencingToken, Rejection, ReleaseLock, Target, Wish } from '../../core/index.ts';
import { resultOf } from '../answers.ts';
import type { TicketWait } from '../ticket-wait.ts';
import type { DeskAgent } from './desk-agent.ts';

export interface Release {
  /** As it is asked for: of a resource without the slot. */
  readonly released: readonly Target[];
  /** The ticket that was given up, too. */
  readonly gaveUp: TicketWait | null;
  /** Why the rest was not given back. */
  readonly refusal: Rejection | null;
}

/** Gives back what an agent holds of a wish, and its ticket when it waits for some of it; null: everything. */
export async function release(
  agent: DeskAgent,
  wish: Wish | null,
  changed: Pick<ReleaseLock, 'changed'> = {},
): Promise<Release> {
  const targets = wish === null ? null : targetsOf(wish);
  const gaveUp = await giveUpWait(agent, targets);
  // What is about to be given back is named by the token that it has now.
  if (targets?.some((target) => agent.holdings.tokenOf(target) === null) === true)
    await agent.lookAtAll().catch(() => undefined);
  const groups = wish === null || targets === null ? [whatever] : byToken(agent, wish, targets, gaveUp);
  const { released, refusal } = await releaseAll(agent, groups, changed);
  agent.holdings.released(released);
  return { released, gaveUp, refusal };
}

/** What one command gives back: under the token that this agent was granted, so that nothing else is. */
type Group = (Wish | { readonly scopes: null }) & { readonly token: FencingToken | null };

const whatever: Group = { scopes: null, token: null };

/** Those of which nothing is known come first: when they are refused, nothing has been given back. */
function byToken(
  agent: DeskAgent,
  wish: Wish,
  targets: readonly Target[],
  gaveUp: TicketWait | null,
): Group[] {
  const groups = new Map<FencingToken | null, Target[]>();
  const waitedFor = gaveUp === null ? [] : targetsOf(gaveUp.wish);
  for (const target of targets) {
    const token = agent.tokenFor(target);
    if (agent.holdings.tokenOf(target) === null && waitedFor.includes(target)) continue;
    addTo(groups, token, target);
  }
  const all = [...groups].map(([token, some]) => ({ ...partOf(wish, some), token }));
  return all.sort((a, b) => (a.token ?? 0) - (b.token ?? 0));
}

/** Those of a wish that are among some targets. */
function partOf({ scopes, files = [], resources = [] }: Wish, some: readonly Target[]): Wish {
  const named = new Set(some);
  const isNamed = (one: Wish): boolean => targetsOf(one).every((target) => named.has(target));
  return withoutNone({
    scopes: scopes.filter((scope) => isNamed({ scopes: [scope] })),
    files: files.filter((file) => isNamed({ scopes: [], files: [file] })),
    resources: resources.filter((resource) => isNamed({ scopes: [], resources: [resource] })),
  });
}
async function releaseAll(
  agent: DeskAgent,
  groups: readonly Group[],
  changed: Pick<ReleaseLock, 'changed'>,
): Promise<{ readonly released: readonly Target[]; readonly refusal: Rejection | null }> {
  const released: Target[] = [];
  for (const group of groups) {
    const reply = await agent.submit({ kind: 'ReleaseLock', ...group, ...changed });
    if (!reply.ok) return { released, refusal: reply.rejection };
    released.push(...targetsOf(resultOf(reply.result, 'released')));
  }
  return { released, refusal: null };
}

/** The wait that was given up; null when it waits for something else, or not at all. */
async function giveUpWait(agent: DeskAgent, targets: readonly Target[] | null): Promise<TicketWait | null> {
  const { wait } = agent;
  if (wait === null) return null;
  if (targets !== null && !targetsOf(wait.wish).some((target) => targets.includes(target))) return null;
  await agent.giveUp(wait);
  return wait;
}
