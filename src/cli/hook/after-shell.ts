/** After a shell command: what it has read and written the agent knows, and what was committed by it goes back. */
import { readShell, type GitKind } from '../../shell/index.ts';
import { noteWritten } from './after-tool.ts';
import { noteReadAfter } from './before-tool.ts';
import { speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { giveBackClean } from './own-claims.ts';
import { foundWrite, onDisk } from './shell-paths.ts';

const stashes: ReadonlySet<GitKind> = new Set<GitKind>(['stash', 'stashAll', 'unstash']);

export async function afterShell(work: HookWork, command: string): Promise<void> {
  const { writes, reads, git } = readShell(command);
  const named = reads.filter(({ pattern }) => pattern === null);
  noteReadAfter(
    work,
    named.map(({ folder, path }) => onDisk(work, folder, path)),
  );
  const files = writes.map((write) => foundWrite(work, write)).filter(({ isTree }) => !isTree);
  noteWritten(work, files);
  // What was put aside comes back: its files are still worked at, though nothing is changed in them.
  const isAside = git.some(({ kind }) => stashes.has(kind));
  const session = git.length === 0 || isAside ? null : await speakingAs(work);
  if (session !== null) await giveBackClean(work, session);
}
