import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentId } from '../../core/index.ts';
import type { NamedPlace } from '../../guard/index.ts';
import {
  matcherOf,
  pathOnDisk,
  readShell,
  type GitKind,
  type GitOperation,
  type ShellWrite,
  type Unjudged,
  type Why,
} from '../../shell/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { beforeGit } from '../hook/before-git.ts';

export interface ReadCommand {
  /** What it would write. */
  readonly places: readonly NamedPlace[];
  /** What is beside the verdicts. */
  readonly data: { readonly git: readonly GitOperation[]; readonly unjudged: readonly Unjudged[] };
  /** The same for people. */
  readonly lines: readonly string[];
  /** Why Git may not be run so by somebody, as in an agent's client; null: it may. */
  readonly refusal: (agent: AgentId | null) => Promise<string | null>;
}

/** What a command line would do that is run where the caller is. */
export async function readCommand(call: Call, command: string): Promise<ReadCommand> {
  const { writes, git, unjudged } = readShell(command);
  const repository = await call.repository();
  const roots = {
    start: call.cwd,
    home: call.ports.env['HOME'] ?? homedir(),
    top: repository.worktree ?? call.cwd,
  };
  const places = writes.map((write): NamedPlace => {
    const path = onDisk(write, roots);
    const place = call.world.inspection.place(
      repository,
      call.cwd,
      path,
      write.replaces && write.pattern === null,
    );
    const name = write.pattern === null ? shownPath(write) : join(shownPath(write), write.pattern);
    return write.pattern === null ? { name, place } : { name, place, matches: matcherOf(write) };
  });
  const onDiskAt = (folder: string): string => pathOnDisk({ folder, path: '.' }, roots);
  return {
    places,
    data: { git, unjudged },
    lines: [...git.map(gitText), ...unjudged.map(unjudgedText)],
    refusal: (agent) => beforeGit({ call, repository, agent, onDisk: onDiskAt }, git),
  };
}

/** `mv a b` writes into `b` if that is a folder. */
function onDisk(write: ShellWrite, roots: Parameters<typeof pathOnDisk>[1]): string {
  const path = pathOnDisk(write, roots);
  if (write.inside === null) return path;
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, write.inside) : path;
}

/** As it would be typed where the command line is. */
const shownPath = ({ folder, path }: ShellWrite): string =>
  folder === '.' || /^(\/|~|:\/)/.test(path) ? path : join(folder, path);

const kinds: Readonly<Record<GitKind, string>> = {
  add: 'stages files',
  addAll: 'stages everything that was changed',
  addTracked: 'stages everything that was changed and is tracked',
  am: 'applies patches as commits',
  apply: 'applies a patch',
  branch: 'moves or removes a branch',
  bisect: 'checks out another commit',
  checkout: 'checks out another commit',
  'cherry-pick': 'applies commits',
  clean: 'removes files that are not tracked',
  commit: 'commits',
  commitAll: 'commits everything that was changed',
  dropStash: 'drops what was stashed',
  'filter-branch': 'rewrites history',
  merge: 'merges',
  mv: 'moves files',
  newBranch: 'goes to a new branch',
  pull: 'pulls',
  push: 'pushes',
  'read-tree': 'checks out another tree',
  rebase: 'rebases',
  reset: 'moves the branch or empties the index',
  resetSoft: 'moves the branch',
  resetHard: 'throws changes away',
  restore: 'throws changes away',
  revert: 'reverts commits',
  rm: 'removes files',
  'sparse-checkout': 'changes which files are checked out',
  stash: 'stashes what was changed',
  stashAll: 'stashes new files, too',
  submodule: 'changes submodules',
  unstage: 'takes files out of the index',
  unstash: 'puts back what was stashed',
  worktree: 'changes working trees',
};

function gitText({ kind, folder, paths, orPath, skipsHooks }: GitOperation): string {
  const where = folder === null ? ', in a folder that is not known' : folder === '.' ? '' : `, in ${folder}`;
  const what = paths === null ? '' : `: ${paths.join(' ')}`;
  const instead = orPath === null ? '' : ` (or the file ${orPath})`;
  return line`Git ${kinds[kind]}${instead}${where}${skipsHooks ? ', without hooks' : ''}${what}`;
}

/** Why a command line, or a part of it, cannot be judged. */
export const whyUnjudged: Readonly<Record<Why, string>> = {
  variable: 'a name that is known only when it is run',
  substitution: "another command's output as a name",
  folder: 'in a folder that is known only when it is run',
  arguments: 'names that come from elsewhere',
  interpreter: 'a program of its own',
  script: 'a script',
  alias: 'no command of Git, so perhaps an alias',
  syntax: 'not quite a shell command line',
  size: 'too much to be judged',
};

const unjudgedText = ({ why, command }: Unjudged): string =>
  line`not judged: ${command === '' ? '' : `${command}: `}${whyUnjudged[why]}`;
