import type { Rejection, Wish } from '../../core/index.ts';
import { mainAgentOf, mainMemory, speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { giveBack } from './own-claims.ts';

/**
 * What a session's own agent has claimed by editing goes over to a subagent that is to go on there, which that agent has started
 * and waits for. What it has acquired by its own word stays. False: nothing did.
 */
export async function handOver(work: HookWork, wish: Wish, refusal: Rejection): Promise<boolean> {
  if (work.asked.subagent === null || refusal.code !== 'LOCK_HELD') return false;
  if (refusal.details.holder !== (await mainAgentOf(work))) return false;
  const memory = mainMemory(work);
  const asked = new Set<string>([...(wish.files ?? []), ...(wish.scopes ?? [])]);
  const claims = memory.claims().filter((claim) => asked.has(claim.file ?? claim.scope));
  const main: HookWork = { ...work, memory, asked: { ...work.asked, subagent: null } };
  const session = await speakingAs(main);
  return session !== null && (await giveBack(main, session, claims)).length > 0;
}
