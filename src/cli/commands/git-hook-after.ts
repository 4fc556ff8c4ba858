/** After Git has committed or moved something: what was locked for the agent goes back, and who is concerned is named. */
import { atRisk, kinOf } from '../../guard/index.ts';
import { hasJoined } from '../../participant/index.ts';
import { someNames } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { SessionMemory } from '../hook/memory.ts';
import { giveBackAmong } from '../hook/own-claims.ts';
import { committer } from './committer.ts';

const done = ended(exitCodes.done);

export async function afterCommit(call: Call): Promise<Outcome> {
  const repository = await call.repository();
  const [head] =
    (await call.world.inspection.commitsIn(repository, { range: 'HEAD', newestOnly: true })) ?? [];
  if (head === undefined) return done;
  const files = await call.world.inspection.filesOf(repository, [head.id]);
  await giveBackCommitted(call, files.get(head.id) ?? []);
  return done;
}

/** `range`: where HEAD was, and where it is. The files are another commit's now: also those that say which scopes there are. */
export async function afterMove(call: Call, range: string): Promise<Outcome> {
  const repository = await call.repository();
  const refreshed = await call.world.owner.refresh(repository);
  if (refreshed === null && repository.server === undefined) return done;
  const files = (await call.world.inspection.filesBetween(repository, range)) ?? [];
  await giveBackCommitted(call, files);
  await nameConcerned(call, files);
  return done;
}

/** Only of what the commits have changed: another lock may be for a file that is about to be written for the first time. */
async function giveBackCommitted(call: Call, files: readonly string[]): Promise<void> {
  const repository = await call.repository();
  const { commonDir, worktree } = repository;
  const memories = SessionMemory.allIn(commonDir).filter((memory) =>
    memory.claims().some(({ tree }) => tree === worktree),
  );
  if (memories.length === 0 || worktree === null) return;
  const status = await (await call.coordinator()).query({ kind: 'status', at: null });
  const kin = kinOf(status.agents, await committer(call, status));
  for (const memory of memories) {
    const agent = memory.speaking()?.agent;
    const session =
      agent === undefined || !kin.has(agent) ? null : await call.world.sessions.read(repository, agent);
    if (session !== null && hasJoined(session))
      await giveBackAmong({ call, memory, repository, worktree }, session, files);
  }
}

/** Nothing could stop what has been done. Who has locked a file of it, and works in this tree, may have other plans for it. */
async function nameConcerned(call: Call, files: readonly string[]): Promise<void> {
  const { worktree } = await call.repository();
  if (worktree === null || files.length === 0) return;
  const status = await (await call.coordinator()).query({ kind: 'status', at: null });
  const own = kinOf(status.agents, await committer(call, status));
  const concerned = atRisk(status, { own, tree: worktree, changed: files });
  for (const { lock, files: theirs } of concerned) {
    const reason = lock.reason === null ? '' : ` (${lock.reason})`;
    call.note(
      line`rhema: ${lock.agent} has ${someNames(theirs)} locked${reason}, which this has changed: ${call.rhema('say', '--to', lock.agent, '...')}`,
    );
  }
}
