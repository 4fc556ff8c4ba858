/** The refs under which contents of context files are kept, all of them: see `kept-versions.ts`. */
import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { runGit, withoutGitVariables } from './git.ts';

const ours = 'refs/rhema';

/** @throws RepositoryError as `runGit` does. */
export async function keptRefs(commonDir: string): Promise<readonly string[]> {
  const said = await git(commonDir, ['for-each-ref', '--format=%(refname)', ours]);
  return said.split('\n').filter((name) => name !== '');
}

/** Deletes them, and the folders that Git leaves of them. What they held Git removes when it next tidies up. */
export async function dropKeptRefs(commonDir: string): Promise<void> {
  const refs = await keptRefs(commonDir);
  const input = refs.map((name) => `delete ${name}\n`).join('');
  if (refs.length > 0) await git(commonDir, ['update-ref', '--stdin'], input);
  for (const folder of [ours, `logs/${ours}`]) removeEmpty(join(commonDir, folder));
}

async function git(commonDir: string, args: readonly string[], input?: string): Promise<string> {
  const call = { cwd: commonDir, env: { ...withoutGitVariables(), GIT_DIR: commonDir }, args };
  return (await runGit(input === undefined ? call : { ...call, input })).toString('utf8');
}

function removeEmpty(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
    rmdirSync(folder);
  } catch {
    // There is none, or somebody has put something there.
  }
}
