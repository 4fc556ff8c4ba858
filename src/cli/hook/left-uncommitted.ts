/** What another agent has left in a file without committing it: whoever gets the file next would commit it as its own. */
import type { Grant } from '../../core/index.ts';
import { formerHoldersOf, type AgentSession } from '../../participant/index.ts';
import { formerHolderTexts } from '../../wording/index.ts';
import type { HookWork } from './hook-work.ts';

/** Keeps it for the next moment at which the client passes something on, which before a tool many do not. */
export async function noteLeft(
  work: HookWork,
  session: AgentSession,
  locks: readonly Grant[],
): Promise<void> {
  const { call, repository, worktree } = work;
  const fresh = locks.filter(({ already }) => already !== true);
  if (fresh.length === 0) return;
  const coordinator = await call.coordinator();
  const former = await formerHoldersOf(coordinator, call.ports.clock, session, fresh);
  const files = former.flatMap(({ file }) => file ?? []);
  // Nearly always nobody had them: only where somebody had is Git asked.
  if (files.length === 0) return;
  const left = new Set<string>(await call.world.inspection.changedAmong(repository, worktree, files));
  const told = former.filter(({ file }) => file !== undefined && left.has(file));
  if (told.length === 0) return;
  const as = { agent: asIs, name: asIs, text: asIs };
  const names = told.map(({ file }) => file).join(', ');
  const who = formerHolderTexts(told, { nowMs: call.nowMs, as }).join(' ');
  const text = `${names} has changes in it that are not committed, and are not yours. ${who} Look at git diff before you go on: a commit of yours takes them along.`;
  work.memory.keepUntold([...work.memory.untold(), text]);
}

const asIs = (text: string): string => text;
