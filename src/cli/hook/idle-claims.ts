/**
 * What was locked for an agent without its asking, and is not used any more in the middle of a long turn: others need not wait for the
 * turn's end. What has uncommitted work in it stays, and so does what an act is about that the client has not told the end of.
 */
import type { AgentSession } from '../../participant/index.ts';
import { duration, someNames } from '../../wording/index.ts';
import { line } from '../format/text.ts';
import type { HookWork } from './hook-work.ts';
import type { OwnClaim } from './memory.ts';
import { giveBackUnchanged, isIn } from './own-claims.ts';
import type { Placed } from './places.ts';

/** It takes a look at the configuration and at the working tree, which is not done at each tool. */
const lookEveryMs = 60_000;

/** An act is about to use them: before it is asked for, so that no other hook of the session gives them back meanwhile. */
export function touch(
  { asked, call, memory }: HookWork,
  claims: readonly OwnClaim[],
  places: readonly Placed[],
): void {
  const paths = places.flatMap(({ place }) => ('path' in place ? [place.path] : []));
  for (const claim of claims)
    if (paths.some((path) => isIn(claim, path))) memory.beginUse(claim, asked.toolUse ?? '', call.nowMs);
}

/** The act is over. */
export function noteDone({ asked, call, memory }: HookWork): void {
  for (const claim of memory.claims())
    if (memory.endUse(claim, asked.toolUse ?? '')) memory.touch(claim, call.nowMs);
}

export async function giveBackIdle(work: HookWork, session: AgentSession): Promise<void> {
  const { call, memory, repository } = work;
  const { nowMs } = call;
  if (nowMs - memory.lookedForIdleMs() < lookEveryMs || memory.claims().length === 0) return;
  memory.keepLookedForIdle(nowMs);
  const { claimIdleMs } = await call.world.inspection.hookSettings(repository);
  if (claimIdleMs === 0) return;
  const isIdle = (claim: OwnClaim): boolean => {
    const { isInUse, touchedMs } = memory.useOf(claim);
    return !isInUse && nowMs - touchedMs >= claimIdleMs;
  };
  const names = await giveBackUnchanged(work, session, isIdle);
  if (names.length === 0) return;
  const text = line`given back, since nothing in ${names.length === 1 ? 'it' : 'them'} is uncommitted and you did not edit ${names.length === 1 ? 'it' : 'them'} for ${duration(claimIdleMs)}: ${someNames(names)}. An edit locks it for you again: read it before.`;
  memory.keepUntold([...memory.untold(), text]);
}
