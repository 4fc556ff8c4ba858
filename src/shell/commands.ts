/** One simple command: a builtin of the shell, one that runs another, a shell, Git, or one of the table. */
import { argumentsOf } from './arguments.ts';
import { applyBuiltin } from './builtins.ts';
import { beginningOf, textOf, unknownField, type Field } from './fields.ts';
import type { Findings } from './findings.ts';
import { applyFind } from './finding-files.ts';
import { applyGit } from './git.ts';
import { applyGitHelper } from './git-helpers.ts';
import { applySpecial, unjudgedProgram } from './special.ts';
import { copyOf, type State } from './state.ts';
import { applyRow, isToWrite, rowOf } from './table-effects.ts';
import { unwrapped } from './wrappers.ts';

/** Runs what a command is given to run. */
export interface Shell {
  readonly findings: Findings;
  /** A text, in a shell of its own or (`eval`) in this one. */
  readonly text: (text: string, state: State) => void;
  /** A function of this command line; false: there is none of that name. */
  readonly call: (name: string, args: readonly Field[], state: State) => boolean;
  /** Whether one more command may be looked at. */
  readonly goesOn: () => boolean;
}

export interface Simple {
  readonly fields: readonly Field[];
  /** What a here-document gives it; null: not known. */
  readonly input: string | null;
  /** The files that are its standard input. */
  readonly inputs: readonly Field[];
  /** Variables that are set for it alone. */
  readonly assigned: readonly string[];
}

const shells = /^(sh|bash|dash|zsh|ksh|ash|rbash)$/;
const systemFolders = /^\/(usr\/(local\/)?)?s?bin\/|^\/opt\/homebrew\/bin\//;

export function runSimple(simple: Simple, state: State, shell: Shell): void {
  const [first, ...args] = simple.fields;
  if (first === undefined || !shell.goesOn()) return;
  const typed = textOf(first);
  if (typed === null) return shell.findings.unjudge('', first.kind === 'unknown' ? first.why : 'script');
  if (shell.call(typed, args, state)) return;
  const name = typed.split('/').at(-1) ?? typed;
  if (applyBuiltin({ ...simple, name, args }, state, shell)) return;
  const inner = unwrapped(name, args, state.folder);
  if (inner === 'nothing') return;
  if (inner !== null) {
    const place = name === 'exec' ? state : { ...copyOf(state), folder: inner.folder };
    runSimple(
      { ...simple, fields: inner.fields, assigned: [...simple.assigned, ...inner.assigned] },
      place,
      shell,
    );
    if (name === 'exec') state.ended = 'all';
    return;
  }
  if (shells.test(name)) return runShell(simple, name, args, state, shell);
  const isScript = typed.includes('/') && !systemFolders.test(typed) && !typed.includes('/.bin/');
  runProgram({ ...simple, fields: args }, { name, isScript }, state, shell);
}

interface Program {
  readonly name: string;
  /** Called by a path that is none of the system's. */
  readonly isScript: boolean;
}

function runProgram(simple: Simple, { name, isScript }: Program, state: State, shell: Shell): void {
  const called = { name, args: simple.fields, folder: state.folder, inputs: simple.inputs };
  const { findings } = shell;
  if (name === 'git') return applyGit({ ...called, ...simple, args: simple.fields }, findings);
  if (applyGitHelper(name, { ...called, ...simple, args: simple.fields }, findings)) return;
  if (name === 'xargs' || name === 'parallel') return runXargs(simple, state, shell);
  if (name === 'find')
    return applyFind(called, findings, (fields, folder) =>
      runSimple({ ...simple, fields, input: null, inputs: [] }, { ...copyOf(state), folder }, shell),
    );
  if (applySpecial({ ...called, input: simple.input }, findings)) return;
  const found = rowOf(called);
  const isProgram =
    (name === 'perl' || name === 'ruby') && found !== null && !isToWrite(found.row, simple.fields);
  if (found !== null && !isProgram) return applyRow(found.row, found.called, findings);
  const why = unjudgedProgram(name, isScript, simple.fields);
  if (why !== null) findings.unjudge(name, why);
}

const shellForms = {
  valued: new Set(['-o', '-O', '+o', '+O', '--init-file', '--rcfile']),
  stopsAtOperand: true,
};

/** `bash -c TEXT NAME ARGS`, or a text from a here-document. */
function runShell(simple: Simple, name: string, args: readonly Field[], state: State, shell: Shell): void {
  const { options, operands } = argumentsOf(args, shellForms);
  const [first, , ...rest] = operands;
  const inner = copyOf(state);
  if (options.has('--version') || options.has('--help') || options.has('-n')) return;
  if (options.has('-c')) {
    const text = textOf(first);
    if (text === null) return shell.findings.unjudge(name, first?.kind === 'unknown' ? first.why : 'script');
    inner.args = rest;
    inner.functions.clear();
    inner.variables.clear();
    return shell.text(text, inner);
  }
  const isFromInput = first === undefined || options.has('-s');
  if (!isFromInput || simple.input === null) return shell.findings.unjudge(name, 'script');
  inner.args = operands;
  shell.text(simple.input, inner);
}

const xargsForms = {
  valued: new Set(
    '-I -i -n -L -P -d -a -s -E --max-args --max-procs --delimiter --arg-file --replace -j'.split(' '),
  ),
  stopsAtOperand: true,
};

/** The command's own arguments are known, those that it is given are not. */
function runXargs(simple: Simple, state: State, shell: Shell): void {
  const { options, operands } = argumentsOf(simple.fields, xargsForms);
  if (operands.length === 0) return;
  const sign = textOf((options.get('-I') ?? options.get('--replace') ?? []).at(-1));
  const given = unknownField('arguments');
  const fields =
    sign === null
      ? [...operands, given]
      : operands.map((field) => (beginningOf(field).includes(sign) ? given : field));
  runSimple({ ...simple, fields, input: null, inputs: [] }, copyOf(state), shell);
}
