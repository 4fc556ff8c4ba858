/** How what an agent has is given back: exactly what came, and all of it that is still there. */
import {
  shownTarget,
  targetOf,
  targetsOf,
  wishOfNames,
  type Grant,
  type ReleaseLock,
  type Revision,
  type Target,
  type Wish,
} from '../core/index.ts';
import type { Reply, TicketReply } from '../protocol/index.ts';
import type { AgentCommand } from './agent-commands.ts';
import { resultOf } from './answers.ts';
import type { Held } from './holdings.ts';
import type { AgentSession } from './session.ts';
import type { Speaks } from './speaker.ts';

/** Says something in the agent's name. */
type Say = (command: Extract<AgentCommand, { kind: 'ReleaseLock' | 'CancelWait' }>) => Promise<Reply>;

/** What was changed under what is given back, where somebody has looked. */
type Changed = Pick<ReleaseLock, 'changed'>;

export interface Returned {
  /** What the coordinator took back; the others were not held under their token any more. */
  readonly released: readonly Target[];
  /** A revision by which none of them was held. */
  readonly by: Revision;
}

/**
 * Gives back what came in one command and so shares one token: all of it at once, or, where one of them was lost
 * meanwhile, each for itself, since one that was lost must not keep the others. `isOver`: nobody is there to give them back.
 */
export async function giveBack(
  say: Say,
  [first, ...more]: readonly [Held, ...Held[]],
  isOver: () => boolean = () => false,
  changed: Changed = {},
): Promise<Returned> {
  const locks = [first, ...more];
  const reply = await say({ kind: 'ReleaseLock', ...wishOfNames(locks), token: first.token, ...changed });
  const by = reply.revision;
  if (reply.ok) return { released: returnedOf(locks, resultOf(reply.result, 'released')), by };
  const released: Target[] = [];
  if (more.length > 0 && !isOver())
    for (const lock of locks) released.push(...(await giveBack(say, [lock], isOver, changed)).released);
  return { released, by };
}

/** Of what was given back what the answer says of it: of a resource it names no slot, since an agent has one at most. */
function returnedOf(locks: readonly Held[], released: Wish): Target[] {
  const names = new Set<string>(targetsOf(released).map(shownTarget));
  return locks.map(targetOf).filter((target) => names.has(shownTarget(target)));
}

/** Releases exactly these grants; names those that were not held under their token any more. */
export async function releaseGrants(
  speaker: Speaks,
  session: AgentSession,
  [first, ...more]: readonly Grant[],
  changed: Changed = {},
): Promise<readonly Target[]> {
  if (first === undefined) return [];
  const { released } = await giveBack(sayAs(speaker, session), [first, ...more], undefined, changed);
  return [first, ...more].map(targetOf).filter((target) => !released.includes(target));
}

/**
 * Gives up a ticket. Null: it is over; else what came just before, to be given back. `left`: how the ticket ended.
 */
export async function giveUpPlace(
  say: Say,
  left: () => Promise<TicketReply>,
): Promise<readonly Grant[] | null> {
  const reply = await say({ kind: 'CancelWait' });
  if (!reply.ok || resultOf(reply.result, 'waitCancelled').ticket !== null) return null;
  const end = await left();
  return end.kind === 'granted' ? end.locks : [];
}

/** The proof comes first because Node 20 adds what follows a spread ten times slower than what precedes it. */
export const sayAs =
  (speaker: Speaks, { agent, epoch, secret }: AgentSession): Say =>
  (command) =>
    speaker.submit({ agent, epoch, secret, ...command });
