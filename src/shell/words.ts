/** What words come to be: quotes taken off, and replaced what is certain. */
import {
  parse,
  type CommandArgument,
  type CommandExpansionPart,
  type DoubleQuotedChild,
  type ParameterExpansionPart,
  type Word,
  type WordPart,
} from 'unbash';
import { expandBraces } from './braces.ts';
import { FieldBuilder, textField, unknownField, type Field } from './fields.ts';
import { homeMark, topMark, withoutMarks, wordOfFolder } from './places.ts';
import type { State } from './state.ts';

/** The arguments that a word becomes: usually one. */
export function fieldsOf(word: Word, state: State): readonly Field[] {
  if (!(word.parts ?? []).some(({ type }) => type === 'BraceExpansion'))
    return fieldsWithoutBraces(word, state);
  const texts = expandBraces(word.text);
  if (texts === null) return [unknownField('size')];
  return texts.flatMap((text) => {
    const reread = rereadWord(text);
    return reread === null ? [] : fieldsWithoutBraces(reread, state);
  });
}

/** The arguments of a command, assignments as `export` and `dd` have them included. */
export function argumentFields(args: readonly CommandArgument[], state: State): readonly Field[] {
  return args.flatMap((arg) => {
    if (arg.type === 'Word') return fieldsOf(arg, state);
    const name = `${arg.name}${arg.append === true ? '+' : ''}=`;
    if (arg.value.type === 'ArrayValue' || arg.index !== undefined) return [unknownField('variable', name)];
    const value = valueOf(arg.value, state);
    return [
      value.kind === 'text' ? textField(name + value.text) : unknownField(value.why, name + value.prefix),
    ];
  });
}

/** What a variable gets: one value, neither split nor matched with names. */
export function valueOf(word: Word, state: State): Field {
  const builder = new FieldBuilder();
  addTilde(word, builder, (part) => addPart(part, builder, state, true));
  const fields = builder.finish();
  return fields.length === 1 ? (fields[0] as Field) : textField('');
}

function fieldsWithoutBraces(word: Word, state: State): readonly Field[] {
  const builder = new FieldBuilder();
  addTilde(word, builder, (part) => addPart(part, builder, state, false));
  return builder.finish();
}

/** Braces are gone; what looks like one by now is a letter. */
function rereadWord(text: string): Word | null {
  const node = parse(`x ${text.startsWith('#') ? '\\' : ''}${text}`).commands[0]?.command;
  const [arg] = node?.type === 'Command' ? node.args : [];
  return arg?.type === 'Word' ? arg : null;
}

/** `~` at the beginning, without quotes; the rest by parts. */
function addTilde(word: Word, builder: FieldBuilder, add: (part: WordPart) => void): void {
  const [first, ...rest] = word.parts ?? [
    { type: 'Literal', text: word.text, value: word.value, pos: word.pos, end: word.end } as const,
  ];
  if (first === undefined) return;
  const isWhole = rest.length === 0;
  const user = first.type === 'Literal' ? /^~([^/\\]*)(\/|$)/.exec(first.text) : null;
  if (first.type !== 'Literal' || user === null || (user[2] === '' && !isWhole)) add(first);
  else if (user[1] === '') builder.literal(homeMark + withoutMarks(first.value.slice(1)));
  else builder.unknown('variable');
  for (const part of rest) add(part);
}

type Part = WordPart | DoubleQuotedChild;

function addPart(part: Part, builder: FieldBuilder, state: State, isQuoted: boolean): void {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return builder.literal(part.value);
    case 'AnsiCQuoted':
      // A zero ends it.
      return builder.literal(part.value.split('\0')[0] ?? '');
    case 'DoubleQuoted':
    case 'LocaleString':
      return addQuoted(part.parts, builder, state);
    case 'Glob':
    case 'ExtendedGlob':
      return isQuoted ? builder.literal(part.text) : builder.glob(part.text);
    case 'BraceExpansion':
      return builder.literal(part.text);
    case 'SimpleExpansion':
      return addVariable(part.text.slice(1), builder, state, isQuoted);
    case 'ParameterExpansion':
      return addParameter(part, builder, state, isQuoted);
    case 'CommandExpansion':
      return addOutput(part, builder, state);
    case 'ArithmeticExpansion':
      return builder.unknown('variable');
    case 'ProcessSubstitution':
      return builder.literal('/dev/fd/63');
  }
}

function addQuoted(parts: readonly DoubleQuotedChild[], builder: FieldBuilder, state: State): void {
  const isList = parts.length === 1 && isOfArguments(parts[0]);
  if (!isList) builder.literal('');
  for (const part of parts) addPart(part, builder, state, true);
}

/** `"$@"` of nothing is no argument at all. */
const isOfArguments = (part: DoubleQuotedChild | undefined): boolean =>
  part !== undefined && /^\$(@|\{@\}|\{\w+\[@\]\})$/.test(part.text);

function addParameter(
  part: ParameterExpansionPart,
  builder: FieldBuilder,
  state: State,
  isQuoted: boolean,
): void {
  const { parameter, prefix, index, operation } = part;
  if (prefix !== undefined || operation !== undefined) return builder.unknown('variable');
  if (index === undefined) return addVariable(parameter, builder, state, isQuoted);
  if (index.text !== '@' && index.text !== '*') return builder.unknown('variable');
  addList(state.variables.get(parameter) ?? null, builder, isQuoted);
}

/** What everybody knows: the folders. */
function folderVariable(name: string, state: State): string | null {
  if (name === 'HOME') return homeMark;
  if (name === 'PWD') return state.folder === null ? null : wordOfFolder(state.folder);
  if (name === 'OLDPWD') return state.previous === null ? null : wordOfFolder(state.previous);
  return null;
}

function addVariable(name: string, builder: FieldBuilder, state: State, isQuoted: boolean): void {
  if (name === '@' || name === '*') return addList(state.args, builder, isQuoted);
  const set = state.variables.get(name);
  if (set !== undefined) return addList(set.slice(0, 1), builder, isQuoted);
  const folder = folderVariable(name, state);
  if (folder !== null) return builder.literal(folder);
  if (!/^[1-9]\d?$/.test(name) || state.args === null) return builder.unknown('variable');
  addList(state.args.slice(Number(name) - 1, Number(name)), builder, isQuoted);
}

function addList(list: readonly Field[] | null, builder: FieldBuilder, isQuoted: boolean): void {
  if (list === null) return builder.unknown('variable');
  if (isQuoted) return builder.fields(list);
  for (const [index, field] of list.entries()) {
    if (index > 0) builder.end();
    if (field.kind === 'text' && field.pattern === null) builder.split(field.text);
    else builder.fields([field]);
  }
}

/** Of two commands the output is certain. */
function addOutput(part: CommandExpansionPart, builder: FieldBuilder, state: State): void {
  const text = part.text.replaceAll(/^(\$\(|`)\s*|\s*(\)|`)$/g, '').replaceAll(/\s+/g, ' ');
  if (text === 'pwd' && state.folder !== null) return builder.literal(wordOfFolder(state.folder));
  const isTop = text.replace(' 2>/dev/null', '') === 'git rev-parse --show-toplevel';
  // A `cd` to elsewhere may have left the working tree.
  if (isTop && state.folder !== null && !/^[/~]|\.\./.test(state.folder)) return builder.literal(topMark);
  builder.unknown('substitution');
}
