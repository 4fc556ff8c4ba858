/** Commands whose arguments no row of the table can tell. */
import { argumentsOf, type Arguments } from './arguments.ts';
import { beginningOf, textField, textOf, type Field } from './fields.ts';
import { fieldWithin, type Findings } from './findings.ts';
import { changedByPatch, changedByPatchText } from './patches.ts';
import { valueAfter, type Called } from './table-effects.ts';

export interface Special extends Called {
  /** What it gets from a here-document; null: not known. */
  readonly input: string | null;
}

type Effect = (called: Special, findings: Findings) => void;

const values = ({ options }: Arguments, ...names: string[]): readonly Field[] =>
  names.flatMap((name) => options.get(name) ?? []);
const has = ({ options }: Arguments, ...names: string[]): boolean => names.some((name) => options.has(name));
const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

function dd({ name, args, folder }: Special, findings: Findings): void {
  for (const file of valueAfter(args, 'of')) findings.write(name, folder, file);
}

const tarForms = {
  valued: set(
    '-f --file -C --directory -T --files-from -X --exclude-from --exclude --strip-components --transform -b -I --use-compress-program',
  ),
  asked: set('--extract --get --create --append --update'),
};

function tar({ name, args, folder }: Special, findings: Findings): void {
  const [first, ...rest] = args;
  const isOld = first !== undefined && /^[a-zA-Z]+$/.test(beginningOf(first));
  const read = argumentsOf(isOld ? [textField(`-${beginningOf(first)}`), ...rest] : args, tarForms);
  if (has(read, '-x', '--extract', '--get') && !has(read, '-O', '--to-stdout')) {
    const into = values(read, '-C', '--directory');
    findings.write(name, folder, into.at(-1) ?? textField('.'), { how: 'tree' });
  }
  if (has(read, '-c', '--create', '-r', '--append', '-u', '--update'))
    for (const file of values(read, '-f', '--file'))
      if (beginningOf(file) !== '-') findings.write(name, folder, file);
}

const patchForms = {
  valued: set(
    '-d --directory -i --input -o --output -p --strip -F --fuzz -r --reject-file -D -V -z -B -Y -g',
  ),
  asked: set('--dry-run'),
};

function patch({ name, args, folder, input }: Special, findings: Findings): void {
  const read = argumentsOf(args, patchForms);
  if (has(read, '--dry-run', '-C')) return;
  const output = values(read, '-o', '--output').at(-1);
  const [target] = read.operands;
  const within = values(read, '-d', '--directory').at(-1) ?? textField('');
  const write = (file: Field): void => findings.write(name, folder, fieldWithin(within, file));
  if (output !== undefined) return write(output);
  if (target !== undefined) return write(target);
  const isPiped = values(read, '-i', '--input').length > 0 || input === null;
  const level = textOf(values(read, '-p', '--strip').at(-1));
  const names = isPiped ? [] : changedByPatch(input, level === null ? null : Number(level));
  if (names.length === 0) findings.unjudge(name, 'arguments');
  for (const file of names) write(textField(file));
}

function applyPatch({ name, args, folder, input }: Special, findings: Findings): void {
  const text = textOf(args[0]) ?? input;
  if (text === null) return findings.unjudge(name, 'arguments');
  for (const file of changedByPatchText(text)) findings.write(name, folder, textField(file));
}

const downloadForms = {
  valued: set(
    '-o --output --output-dir -O --output-document -P --directory-prefix -X --request -H --header -d --data -u --user -A -b -c -F -m -x -w -e -T -K -t -U -i --retry --connect-timeout --max-time --timeout',
  ),
};

/** `curl -O` names the file as the address does. */
function curl({ name, args, folder }: Special, findings: Findings): void {
  const valued = new Set([...downloadForms.valued].filter((option) => !/^(-O|-t|-U|-i|-P)$/.test(option)));
  const read = argumentsOf(args, { valued });
  const within = values(read, '--output-dir').at(-1) ?? textField('');
  for (const file of values(read, '-o', '--output'))
    if (beginningOf(file) !== '-') findings.write(name, folder, fieldWithin(within, file));
  if (has(read, '-O', '--remote-name', '--remote-name-all'))
    for (const address of read.operands)
      findings.write(name, folder, fieldWithin(within, lastOfAddress(address)));
}

function wget({ name, args, folder }: Special, findings: Findings): void {
  const valued = new Set([...downloadForms.valued].filter((option) => !/^-[XHdbcFmxwTuKA]$/.test(option)));
  const read = argumentsOf(args, { valued: new Set([...valued, '-o', '-a', '-T', '-l']) });
  const outputs = values(read, '-O', '--output-document');
  for (const file of outputs) if (beginningOf(file) !== '-') findings.write(name, folder, file);
  if (outputs.length > 0 || has(read, '--spider', '-i', '--input-file')) return;
  const within = values(read, '-P', '--directory-prefix').at(-1) ?? textField('');
  if (has(read, '-r', '--recursive', '-m', '--mirror'))
    findings.write(name, folder, fieldWithin(within, textField('.')), { how: 'tree' });
  else
    for (const address of read.operands)
      findings.write(name, folder, fieldWithin(within, lastOfAddress(address)));
}

function lastOfAddress(address: Field): Field {
  if (address.kind === 'unknown') return address;
  const path = address.text.replace(/^\w+:\/\/[^/]*/, '').replace(/[?#].*$/, '');
  return textField(path.split('/').at(-1) || 'index.html');
}

/** GNU's only: the other awks have no such option. */
function inPlaceAwk({ name, args, folder }: Special, findings: Findings): boolean {
  const at = args.findIndex((arg) => /^(-i|--include=?)inplace$/.test(beginningOf(arg)));
  const apart = args.findIndex((arg, index) => beginningOf(arg) === 'inplace' && isInclude(args[index - 1]));
  if (at === -1 && apart === -1) return false;
  const left = at === -1 ? args.toSpliced(apart - 1, 2) : args.toSpliced(at, 1);
  const read = argumentsOf(left, { valued: set('-f --file -v --assign -F --field-separator') });
  const files = has(read, '-f', '--file') ? read.operands : read.operands.slice(1);
  for (const file of files)
    if (!/^\w+=/.test(beginningOf(file))) findings.write(name, folder, file, { replaces: true });
  return true;
}

const isInclude = (arg: Field | undefined): boolean =>
  /^(-i|--include)$/.test(beginningOf(arg ?? textField('')));

const effects: Readonly<Record<string, Effect>> = {
  dd,
  tar,
  bsdtar: tar,
  patch,
  apply_patch: applyPatch,
  applypatch: applyPatch,
  curl,
  wget,
};

/** Whether it was one of them. */
export function applySpecial(called: Special, findings: Findings): boolean {
  if (/^g?awk$/.test(called.name)) return inPlaceAwk(called, findings);
  const effect = Object.hasOwn(effects, called.name) ? effects[called.name] : undefined;
  effect?.(called, findings);
  return effect !== undefined;
}

/** What a program of its own may do is not looked at. */
const interpreters =
  /^(python[\d.]*|pypy3?|node|nodejs|deno|bun|tsx|ts-node|ruby|perl|php|lua|Rscript|osascript|tclsh|pwsh|powershell|fish|csh|tcsh|julia|groovy|scala|swift|java|dotnet|sqlite3|psql|mysql)$/;
const runners = /^(npm|pnpm|yarn|make|gmake|just|task|rake|gradle|mvn|ninja|bazel|tox|nox|meson|cmake)$/;

export function unjudgedProgram(
  name: string,
  isPath: boolean,
  args: readonly Field[],
): 'interpreter' | 'script' | null {
  const asks = args.every((arg) => /^(--?(version|help)|-[vVh])$/.test(beginningOf(arg))) && args.length > 0;
  if (asks) return null;
  if (interpreters.test(name)) return 'interpreter';
  return isPath || runners.test(name) || /\.(sh|bash|py|rb|pl|js|mjs|ts)$/.test(name) ? 'script' : null;
}
