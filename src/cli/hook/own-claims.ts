/** What was locked for an agent without its asking, and goes back by itself. */
import { join } from 'node:path';
import { nameOf, targetsOf, wishOfNames, type Grant, type LockName } from '../../core/index.ts';
import { releaseGrants, type AgentSession } from '../../participant/index.ts';
import { agentPorts, changedBy } from '../commands/speak.ts';
import { digestOfFile } from './digest-of-file.ts';
import type { Claiming, HookWork } from './hook-work.ts';
import type { OwnClaim } from './memory.ts';

/**
 * What was granted for an act is ours to give back; what the agent had acquired itself is not, unless it was refused that before
 * and told to wait for it by a command: others wait in vain else, since nobody has told it to give anything back.
 */
export function keepClaims(
  { call, asked, memory, worktree }: HookWork,
  locks: readonly Grant[],
  isInUse = true,
): void {
  const wanted = memory.wanted();
  const refused = new Set<string>(wanted === null ? [] : targetsOf(wanted));
  for (const lock of locks) {
    if (lock.scope === undefined || (lock.already === true && !refused.has(nameOf(lock)))) continue;
    const at = { token: lock.token, tree: worktree };
    const claim = lock.file === undefined ? { scope: lock.scope, ...at } : { file: lock.file, ...at };
    memory.keepClaim(claim);
    if (isInUse) memory.beginUse(claim, asked.toolUse ?? '', call.nowMs);
    else memory.touch(claim, call.nowMs);
  }
}

/**
 * Gives back what was claimed and has no uncommitted work in it any more: it was committed, or put back. How many locks that were.
 */
export async function giveBackClean(work: Claiming, session: AgentSession): Promise<number> {
  return (await giveBackUnchanged(work, session, () => true)).length;
}

/** The same of those alone that some files were claimed under. */
export async function giveBackAmong(
  work: Claiming,
  session: AgentSession,
  files: readonly string[],
): Promise<void> {
  await giveBackUnchanged(work, session, (claim) => files.some((file) => isIn(claim, file)));
}

/** Those that are meant and have no uncommitted work in them; by name. */
export async function giveBackUnchanged(
  work: Claiming,
  session: AgentSession,
  isMeant: (claim: OwnClaim) => boolean,
): Promise<readonly string[]> {
  const meant = (): readonly OwnClaim[] =>
    work.memory.claims().filter((claim) => claim.tree === work.worktree && isMeant(claim));
  if (meant().length === 0) return [];
  const changed = await work.call.world.inspection.changedFiles(work.repository);
  // Read once more: while Git looked, another hook of the session may have begun to use one again.
  const clean = meant().filter((claim) => !changed.some((file) => isIn(claim, file)));
  return giveBack(work, session, clean);
}

export const isIn = (claim: OwnClaim, file: string): boolean =>
  claim.file === undefined
    ? claim.scope === '.' || file.startsWith(`${claim.scope}/`)
    : (claim.file as string) === file;

/** Each by its token: what somebody else holds by now is not touched. Which locks those were, by name. */
export async function giveBack(
  work: Claiming,
  session: AgentSession,
  claims: readonly OwnClaim[],
): Promise<readonly string[]> {
  if (claims.length === 0) return [];
  const { call, memory } = work;
  const coordinator = await call.coordinator();
  const subject = { kind: 'agent', agent: session.agent } as const;
  const { locks } = await coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  const tokens = new Map(claims.map((claim) => [nameIn(claim), claim.token]));
  const held = locks.filter((lock) => lock.resource === undefined && tokens.get(nameOf(lock)) === lock.token);
  const { speaker } = await agentPorts(call);
  for (const lock of held) {
    const looked = await changedBy(call, session, wishOfNames([lock]));
    await releaseGrants(speaker, session, [grantOf(lock)], looked);
  }
  for (const claim of claims) {
    // What it did without our seeing it, under its own lock, it knows.
    if (claim.file !== undefined) {
      const path = join(claim.tree, claim.file);
      if (memory.seen(path) !== null)
        memory.keepSeen(path, { digest: digestOfFile(path), token: claim.token });
    }
    memory.forgetClaim(claim);
  }
  return held.map(nameOf);
}

const nameIn = (claim: OwnClaim): string => (claim.file === undefined ? claim.scope : (claim.file as string));

const grantOf = (lock: LockName & Pick<Grant, 'token' | 'deadlineMs' | 'contendedSinceMs'>): Grant => lock;
