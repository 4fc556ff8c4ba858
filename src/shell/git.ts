/** What a Git command does to the files of a working tree, and to what all who work in it share. */
import { argumentsOf } from './arguments.ts';
import { beginningOf, textOf, type Field } from './fields.ts';
import type { Findings } from './findings.ts';
import { GitCall, type GitCalled } from './git-call.ts';
import { gitCommands, readOnlyCommands } from './git-table.ts';
import { folderAt } from './places.ts';

const globalForms = {
  valued: new Set([
    '-C',
    '-c',
    '--git-dir',
    '--work-tree',
    '--namespace',
    '--config-env',
    '--super-prefix',
    '--attr-source',
  ]),
  attached: new Set(['--exec-path']),
  stopsAtOperand: true,
};

/** Options in front of the subcommand are those of Git as a whole. */
export function applyGit(called: GitCalled, findings: Findings): void {
  const { options, operands } = argumentsOf(called.args, globalForms);
  const [first, ...args] = operands;
  if (first === undefined) return;
  const name = textOf(first);
  if (name === null) return findings.unjudge('git', first.kind === 'unknown' ? first.why : 'alias');
  const settings = [...(options.get('-c') ?? []), ...(options.get('--config-env') ?? [])];
  const skipsHooks = settings.some((setting) => /^core\.hookspath(=|$)/i.test(beginningOf(setting)));
  const command = Object.hasOwn(gitCommands, name) ? gitCommands[name] : undefined;
  const inTree = { ...called, args, folder: folderOf(options, called) };
  if (command !== undefined) {
    const call = new GitCall(command, inTree, name, skipsHooks, findings);
    if (!call.has('-h', '--help')) command.apply(call);
  } else if (!readOnlyCommands.has(name)) findings.unjudge(`git ${name}`, 'alias');
}

/** `-C` one after the other, then `--work-tree`. Which tree a variable names is not known. */
function folderOf(
  options: ReadonlyMap<string, readonly Field[]>,
  { folder, assigned }: GitCalled,
): string | null {
  if (assigned.includes('GIT_WORK_TREE') || assigned.includes('GIT_DIR')) return null;
  const steps = [...(options.get('-C') ?? []), ...(options.get('--work-tree') ?? []).slice(-1)];
  return steps.reduce<string | null>((from, step) => {
    const text = textOf(step);
    if (text === '') return from;
    return text === null ? null : folderAt(text, from);
  }, folder);
}
