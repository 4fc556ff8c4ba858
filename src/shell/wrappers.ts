/** Commands that run another one, which follows them: with which options, and after how many operands of their own. */
import { argumentsOf } from './arguments.ts';
import { beginningOf, textOf, type Field } from './fields.ts';
import { folderAt } from './places.ts';

interface Wrapper {
  /** Options that take a value. */
  readonly valued?: string;
  /** Operands of its own in front of the command. */
  readonly operands?: number;
  /** Options with which no command is run. */
  readonly unless?: string;
  /** Options whose value is the folder that the command is run in. */
  readonly folder?: string;
  /** `NAME=value` in front of the command. */
  readonly assigns?: true;
  /** A first word that has to be there: `npm exec`. */
  readonly word?: string;
}

const wrappers: Readonly<Record<string, readonly Wrapper[]>> = {
  sudo: [
    {
      valued: '-u --user -g --group -h --host -p --prompt -C -r -t -T -U',
      folder: '-D --chdir',
      unless: '-l -v -k -K -V',
      assigns: true,
    },
  ],
  doas: [{ valued: '-u -C' }],
  env: [{ valued: '-u --unset', folder: '-C --chdir', assigns: true }],
  timeout: [{ valued: '-k --kill-after -s --signal', operands: 1 }],
  gtimeout: [{ valued: '-k --kill-after -s --signal', operands: 1 }],
  nice: [{ valued: '-n --adjustment' }],
  ionice: [{ valued: '-c --class -n --classdata', unless: '-p --pid' }],
  taskset: [{ operands: 1 }],
  nohup: [{}],
  setsid: [{}],
  stdbuf: [{ valued: '-i --input -o --output -e --error' }],
  unbuffer: [{}],
  time: [{ valued: '-f --format -o --output' }],
  command: [{ unless: '-v -V' }],
  builtin: [{}],
  exec: [{ valued: '-a' }],
  chronic: [{}],
  flock: [{ valued: '-w --timeout -E --conflict-exit-code', operands: 1 }],
  watch: [{ valued: '-n --interval' }],
  caffeinate: [{ valued: '-t -w' }],
  strace: [{ valued: '-e -o -p -s' }],
  'cross-env': [{ assigns: true }],
  dotenv: [{ valued: '-e -v' }],
  npx: [{ valued: '-p --package', unless: '-c --call' }],
  bunx: [{}],
  npm: [{ word: 'exec', valued: '--prefix -w' }, { word: 'x' }],
  pnpm: [{ word: 'exec' }, { word: 'dlx' }],
  yarn: [{ word: 'exec' }, { word: 'dlx' }],
  bun: [{ word: 'x' }],
  uv: [{ word: 'run', valued: '--with --python -p --project', folder: '--directory' }],
  uvx: [{ valued: '--from --with' }],
  pipx: [{ word: 'run', valued: '--spec' }],
  poetry: [{ word: 'run' }],
  pipenv: [{ word: 'run' }],
  bundle: [{ word: 'exec' }],
  rhema: [{ word: 'run', valued: '--agent --reason --ttl' }],
  corepack: [{}],
};

export interface Wrapped {
  readonly fields: readonly Field[];
  readonly folder: string | null;
  /** Names of variables that are set for it. */
  readonly assigned: readonly string[];
}

/** What a wrapper runs; null: it is none, or it runs nothing. `shell` text of `env -S` is not taken apart. */
export function unwrapped(
  name: string,
  args: readonly Field[],
  folder: string | null,
): Wrapped | null | 'nothing' {
  const forms = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
  if (forms === undefined) return null;
  const first = textOf(args[0]);
  const wrapper = forms.find(({ word }) => word === undefined || word === first);
  if (wrapper === undefined) return null;
  const rest = wrapper.word === undefined ? args : args.slice(1);
  const valued = new Set(`${wrapper.valued ?? ''} ${wrapper.folder ?? ''}`.split(' '));
  const read = argumentsOf(rest, { valued, stopsAtOperand: true });
  const has = (options = ''): boolean => options.split(' ').some((option) => read.options.has(option));
  if (has(wrapper.unless)) return 'nothing';
  const fields = read.operands.slice(wrapper.operands ?? 0);
  const isAssigned = (field: Field): boolean => /^[A-Za-z_]\w*=/.test(beginningOf(field));
  const start = wrapper.assigns === true ? fields.findIndex((field) => !isAssigned(field)) : 0;
  if (start === -1 || fields.length === 0) return 'nothing';
  const assigned = fields.slice(0, start).map((field) => beginningOf(field).split('=')[0] ?? '');
  return {
    fields: withoutDashes(fields.slice(start)),
    folder: folderFor(wrapper, read.options, folder),
    assigned,
  };
}

const withoutDashes = (fields: readonly Field[]): readonly Field[] =>
  fields[0]?.kind === 'text' && fields[0].text === '--' ? fields.slice(1) : fields;

function folderFor(
  wrapper: Wrapper,
  options: ReadonlyMap<string, readonly Field[]>,
  folder: string | null,
): string | null {
  const told = (wrapper.folder ?? '').split(' ').flatMap((name) => options.get(name) ?? []);
  return told.reduce<string | null>((from, field) => {
    const text = textOf(field);
    return text === null ? null : folderAt(text, from);
  }, folder);
}
