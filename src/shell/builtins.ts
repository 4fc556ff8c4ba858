/** The shell's own commands, as far as they change what is known, or run something. */
import { beginningOf, fieldFrom, textOf, type Field } from './fields.ts';
import type { Findings } from './findings.ts';
import { folderAt } from './places.ts';
import type { State } from './state.ts';

export interface BuiltinCall {
  readonly name: string;
  readonly args: readonly Field[];
}

interface Runner {
  readonly findings: Findings;
  readonly text: (text: string, state: State) => void;
}

type Builtin = (call: BuiltinCall, state: State, runner: Runner) => void;

function cd({ args }: BuiltinCall, state: State): void {
  const [target] = args.filter((arg) => !/^-[PLe@-]+$/.test(beginningOf(arg)));
  const { folder } = state;
  if (target === undefined) state.folder = '~';
  else if (textOf(target) === '-') state.folder = state.previous;
  else if (target.kind === 'text' && target.text === '') return;
  else {
    const text = textOf(target);
    state.folder = text === null ? null : folderAt(text, folder);
  }
  state.previous = folder;
}

function pushd(call: BuiltinCall, state: State): void {
  const [target] = call.args;
  const before = state.folder;
  if (target === undefined || /^[-+]/.test(beginningOf(target))) {
    const [top = null, ...rest] = state.stack;
    state.folder = target === undefined ? top : null;
    state.stack = [before, ...rest];
    return;
  }
  cd(call, state);
  state.stack = [before, ...state.stack];
}

function popd({ args }: BuiltinCall, state: State): void {
  const [top = null, ...rest] = state.stack;
  state.previous = state.folder;
  state.folder = args.length > 0 ? null : top;
  state.stack = rest;
}

function evaluate({ name, args }: BuiltinCall, state: State, { findings, text }: Runner): void {
  const texts = args.map(textOf);
  if (texts.every((each) => each !== null)) return text(texts.join(' '), state);
  findings.unjudge(name, 'variable');
  forgetAll(state);
}

/** A file that is read may set anything. */
function source({ name }: BuiltinCall, state: State, { findings }: Runner): void {
  findings.unjudge(name, 'script');
  forgetAll(state);
}

function forgetAll(state: State): void {
  state.variables.clear();
}

const ends =
  (ended: State['ended']): Builtin =>
  (_call, state) => {
    state.ended = ended;
  };

/** `export NAME=value`. */
function declare({ args }: BuiltinCall, state: State): void {
  for (const arg of args) {
    const [, name, sign] = /^([A-Za-z_]\w*)(\+?=)/.exec(beginningOf(arg)) ?? [];
    if (name === undefined || sign === undefined) continue;
    if (sign === '=') state.variables.set(name, [fieldFrom(arg, name.length + 1)]);
    else forget(name, state);
  }
}

/** Variables of the environment count as unknown. */
const forget = (name: string, state: State): void => {
  state.variables.set(name, [{ kind: 'unknown', why: 'variable', prefix: '' }]);
};

const forgetNamed: Builtin = ({ args }, state) => {
  for (const arg of args) {
    const text = beginningOf(arg);
    if (/^[A-Za-z_]\w*$/.test(text)) forget(text, state);
  }
};

function setArguments({ args }: BuiltinCall, state: State): void {
  const at = args.findIndex((arg) => textOf(arg) === '--');
  if (at !== -1) state.args = args.slice(at + 1);
  else if (args[0] !== undefined && !/^[-+]/.test(beginningOf(args[0]))) state.args = args;
}

function shift({ args }: BuiltinCall, state: State): void {
  const count = args[0] === undefined ? 1 : Number(textOf(args[0]) ?? Number.NaN);
  state.args = Number.isNaN(count) ? null : (state.args?.slice(count) ?? null);
}

function trap({ args }: BuiltinCall, state: State, { text }: Runner): void {
  const [action] = args.filter((arg) => beginningOf(arg) !== '--');
  const said = action === undefined ? null : textOf(action);
  if (said !== null && args.length > 1 && !said.startsWith('-')) text(said, { ...state, ended: null });
}

const builtins: Readonly<Record<string, Builtin>> = {
  cd,
  pushd,
  popd,
  eval: evaluate,
  source,
  '.': source,
  exit: ends('all'),
  return: ends('all'),
  break: ends('loop'),
  continue: ends('turn'),
  export: declare,
  declare,
  typeset: declare,
  local: declare,
  readonly: declare,
  read: forgetNamed,
  mapfile: forgetNamed,
  readarray: forgetNamed,
  getopts: forgetNamed,
  unset: forgetNamed,
  let: (_call, state) => forgetAll(state),
  set: setArguments,
  shift,
  trap,
};

/** Whether it was one. */
export function applyBuiltin(call: BuiltinCall, state: State, runner: Runner): boolean {
  if (call.name === 'printf' && textOf(call.args[0]) === '-v') {
    forgetNamed({ ...call, args: call.args.slice(1, 2) }, state, runner);
    return true;
  }
  const builtin = Object.hasOwn(builtins, call.name) ? builtins[call.name] : undefined;
  builtin?.(call, state, runner);
  return builtin !== undefined;
}
