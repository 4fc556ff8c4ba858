/** After a shell command: what it has written the agent knows, and what was committed by it goes back. */
import { readShell } from '../../shell/index.ts';
import { noteWritten } from './after-tool.ts';
import { speakingAs } from './enrolment.ts';
import type { HookWork } from './hook-work.ts';
import { giveBackClean } from './own-claims.ts';
import { foundWrite } from './shell-paths.ts';

export async function afterShell(work: HookWork, command: string): Promise<void> {
  const { writes, git } = readShell(command);
  const files = writes.map((write) => foundWrite(work, write)).filter(({ isTree }) => !isTree);
  noteWritten(
    work,
    files.map(({ path }) => path),
  );
  const session = git.length === 0 ? null : await speakingAs(work);
  if (session !== null) await giveBackClean(work, session);
}
