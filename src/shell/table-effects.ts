/** What a row of the table says of one command line. */
import { argumentsOf, type Arguments, type OptionForms } from './arguments.ts';
import { beginningOf, fieldFrom, textField, type Field } from './fields.ts';
import { fieldWithin, lastName, type Findings } from './findings.ts';
import type { Extent } from './reading.ts';
import { commandTable, type CommandRow } from './table.ts';

export interface Called {
  /** Its name, without the folder that it is in. */
  readonly name: string;
  /** What follows the name. */
  readonly args: readonly Field[];
  /** Where it is run; null: not known. */
  readonly folder: string | null;
  /** The files that are its standard input. */
  readonly inputs: readonly Field[];
}

const words = (text = ''): readonly string[] => text.split(' ').filter((word) => word !== '');

/** The row of a command, by its name or with its first word (`cargo fmt`), and what it is called with. */
export function rowOf(called: Called): { readonly row: CommandRow; readonly called: Called } | null {
  const { name, args } = called;
  const own = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
  if (own !== undefined) return { row: own, called };
  const at = args.findIndex((arg) => !/^[-+]/.test(beginningOf(arg)));
  const longer = `${name} ${at === -1 ? '' : beginningOf(args[at] as Field)}`;
  const row = Object.hasOwn(commandTable, longer) ? commandTable[longer] : undefined;
  return row === undefined ? null : { row, called: { ...called, args: args.toSpliced(at, 1) } };
}

export function formsOf(row: CommandRow): OptionForms {
  const { valued, outputs, folders, into, attached, only, unless, follows, symbolic } = row;
  const [tree, replaces, hard] = [row.tree, row.replaces, row.hard].map((when) =>
    when === true ? '' : when,
  );
  return {
    valued: new Set([valued, outputs, folders, into].flatMap(words)),
    attached: new Set(words(attached)),
    asked: new Set([only, unless, tree, replaces, follows, symbolic, hard].flatMap(words)),
    isSingleDashLong: row.singleDash === true,
  };
}

/** Whether it is called with one of the options without which it writes nothing. */
export const isToWrite = (row: CommandRow, args: readonly Field[]): boolean =>
  words(row.only).some((name) => argumentsOf(args, formsOf(row)).options.has(name));

/** Says what the command writes and shows. */
export function applyRow(row: CommandRow, called: Called, findings: Findings): void {
  const args = argumentsOf(called.args, formsOf(row));
  const has = (options: string | undefined): boolean => words(options).some((name) => args.options.has(name));
  const how: Extent = row.tree === true || has(row.tree) ? 'tree' : 'file';
  const files = filesAmong(row, args);
  const writes = (row.only === undefined || has(row.only)) && !has(row.unless);
  if (!writes || row.operands === 'shown') {
    if (row.operands === 'shown' ? !has(row.unless) : row.shows === true)
      for (const file of files.length > 0 ? files : called.inputs)
        findings.read(called.name, called.folder, file);
  }
  for (const file of valuesOf(args, row.outputs)) findings.write(called.name, called.folder, outputOf(file));
  if (writes) new Writer(row, args, called, findings, how).write(files);
}

const valuesOf = ({ options }: Arguments, names: string | undefined): readonly Field[] =>
  words(names).flatMap((name) => options.get(name) ?? []);

/** `-o -` is the standard output. */
const outputOf = (file: Field): Field => (beginningOf(file) === '-' ? textField('') : file);

function filesAmong(row: CommandRow, { operands, options }: Arguments): readonly Field[] {
  const hasScript =
    row.scriptUnless !== undefined && !words(row.scriptUnless).some((name) => options.has(name));
  const files = operands.filter((operand) => !isOfCommand(row, operand));
  if (!hasScript) return files;
  // `sed -i '' 's/a/b/' file` is how it is called on a Mac.
  const isForMac = row.attached?.startsWith('-i') === true && beginningOf(files[0] ?? textField('x')) === '';
  return files.slice(isForMac && files[0]?.kind === 'text' ? 2 : 1);
}

/** Operands that look like none: `less +G file`, `awk -f script name=value`. */
function isOfCommand(row: CommandRow, operand: Field): boolean {
  const text = beginningOf(operand);
  return row.operands === 'shown' && (/^\+\S*$/.test(text) || /^[a-z_]\w*=/i.test(text));
}

class Writer {
  readonly #row: CommandRow;
  readonly #args: Arguments;
  readonly #called: Called;
  readonly #findings: Findings;
  readonly #how: Extent;

  constructor(row: CommandRow, args: Arguments, called: Called, findings: Findings, how: Extent) {
    this.#row = row;
    this.#args = args;
    this.#called = called;
    this.#findings = findings;
    this.#how = how;
  }

  write(files: readonly Field[]): void {
    const { operands, alone, folders } = this.#row;
    const told = valuesOf(this.#args, folders);
    for (const folder of told) this.#add(folder, 'tree');
    if (alone === true && told.length === 0 && (operands === undefined || files.length === 0))
      this.#add(textField('.'), 'tree');
    if (operands === 'written') this.#each(files);
    else if (operands === 'first') this.#each(files.slice(0, 1));
    else if (operands === 'last') this.#each(files.slice(-1));
    else if (operands === 'copied' || operands === 'moved' || operands === 'linked')
      this.#transfer(files, operands);
  }

  #add(file: Field, how = this.#how, inside: string | null = null): void {
    const { replaces, follows } = this.#row;
    const isNew = replaces === true || this.#has(replaces);
    this.#findings.write(this.#called.name, this.#called.folder, file, {
      how,
      inside,
      replaces: isNew && !this.#has(follows),
    });
  }

  #each(files: readonly Field[]): void {
    const suffixes = (this.#row.attached ?? '').startsWith('-i') ? valuesOf(this.#args, '-i --in-place') : [];
    const suffix = beginningOf(suffixes.at(-1) ?? textField(''));
    for (const file of files.filter((file) => !isRemote(this.#called.name, file))) {
      this.#add(this.#row.globs === true ? asPattern(file) : file);
      if (file.kind === 'unknown' || file.pattern !== null) continue;
      if (suffix !== '' && !/[*/]/.test(suffix)) this.#add(textField(file.text + suffix));
      if (this.#row.ending !== undefined) this.#add(textField(otherEnding(file.text, this.#row.ending)));
    }
  }

  #transfer(files: readonly Field[], kind: 'copied' | 'moved' | 'linked'): void {
    const { name, folder } = this.#called;
    const [into] = valuesOf(this.#args, this.#row.into);
    const sources = into === undefined && files.length > 1 ? files.slice(0, -1) : files;
    if (kind === 'moved' && (into !== undefined || files.length > 1))
      for (const source of sources) this.#add(source);
    if (this.#isHard) for (const source of sources) this.#findings.write(name, folder, source);
    if (into !== undefined) for (const source of sources) this.#within(into, source);
    else if (files.length === 1 && kind === 'linked') this.#within(textField(''), files[0] as Field);
    else if (files.length > 1) this.#to(sources, files.at(-1) as Field);
  }

  #to(sources: readonly Field[], target: Field): void {
    const [first] = sources;
    const isFolder =
      target.kind === 'text' && (/(^|\/)(\.\.?)?$/.test(target.text) || /^\0[SHT]$/.test(target.text));
    const isOne = sources.length === 1 && first?.kind === 'text' && first.pattern === null;
    if (target.kind === 'text' && (isFolder || sources.length > 1 || !isOne)) {
      // One that is not known may be one file, and the target its new name.
      if (!isFolder && sources.length === 1 && first?.kind === 'unknown') this.#add(target);
      for (const source of sources) this.#within(target, source);
      return;
    }
    const name = first === undefined ? null : lastName(first);
    const isWhole =
      this.#has('-T --no-target-directory') ||
      (this.#row.operands === 'linked' && this.#has('-n --no-dereference'));
    const inside = isWhole || name?.kind !== 'text' ? null : name;
    this.#add(target, this.#how, inside?.text ?? null);
    if (first === undefined) return;
    this.#link(target, first);
    if (inside !== null) this.#link(fieldWithin(target, inside), first);
  }

  get #isSymbolic(): boolean {
    return this.#has(this.#row.symbolic);
  }

  get #isHard(): boolean {
    const { hard } = this.#row;
    return !this.#isSymbolic && (hard === true || this.#has(hard));
  }

  /** Where what it makes is a link. */
  #link(link: Field, target: Field): void {
    if (this.#isSymbolic) this.#findings.link(this.#called.folder, link, target);
  }

  #has = (options: string | undefined): boolean =>
    words(options).some((name) => this.#args.options.has(name));

  #within(folder: Field, source: Field): void {
    const name = lastName(source);
    if (name === null) return this.#add(folder, 'tree');
    this.#add(fieldWithin(folder, name));
    this.#link(fieldWithin(folder, name), source);
  }
}

const otherEnding = (path: string, ending: string): string =>
  path.endsWith(ending) ? path.slice(0, -ending.length) : path + ending;

/** `host:path` is elsewhere. */
const isRemote = (name: string, file: Field): boolean =>
  (name === 'rsync' || name === 'scp') && /^[^/]+:/.test(beginningOf(file));

/** A quoted pattern that the command matches itself. */
function asPattern(file: Field): Field {
  if (file.kind === 'unknown' || file.pattern !== null || !/[*?{[]/.test(file.text)) return file;
  if (file.text.startsWith('!')) return textField('');
  return { kind: 'text', text: file.text, pattern: file.text };
}

/** Everything that a field's text holds after `name=`; for `dd of=file`. */
export const valueAfter = (args: readonly Field[], name: string): readonly Field[] =>
  args.filter((arg) => beginningOf(arg).startsWith(`${name}=`)).map((arg) => fieldFrom(arg, name.length + 1));
