import type { Repository } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { scriptProblem } from '../commands/hooks/git-target.ts';
import type { HooksHere } from '../git-hooks/hook-files.ts';

export interface GitHooksLook {
  readonly here: HooksHere;
  /** What is wrong with the file that the hooks call; null: nothing. */
  readonly scriptProblem: string | null;
}

export async function lookAtGitHooks(call: Call, repository: Repository): Promise<GitHooksLook> {
  const here = await call.world.inspection.hooksHere(repository, call.ports.env);
  return { here, scriptProblem: scriptProblem(call, here) };
}
