import type { Command, Option } from 'commander';

/** Where in the tree of commands the words of a line have led. */
export interface Position {
  readonly program: Command;
  readonly command: Command;
  /** Operands of the command so far. */
  readonly operands: readonly string[];
  /** The option whose value comes next, or may. */
  readonly pending: Option | null;
  /** Whether the next word is the value of `pending` even if it looks like an option. */
  readonly needsValue: boolean;
  /** What was given with `-C`. */
  readonly directory: string | null;
  /** Whether `--` was there: only operands come after it. */
  readonly isClosed: boolean;
}

/** Null: they lead nowhere, since one of them is no command. */
export function positionAfter(program: Command, words: readonly string[]): Position | null {
  let position: Position | null = {
    program,
    command: program,
    operands: [],
    pending: null,
    needsValue: false,
    directory: null,
    isClosed: false,
  };
  for (const word of words) position = position === null ? null : step(position, word);
  return position;
}

function step(position: Position, word: string): Position | null {
  const { command, operands, pending, needsValue, isClosed } = position;
  if (isClosed) return { ...position, operands: [...operands, word] };
  if (pending !== null && needsValue) return afterValue(position, pending, word);
  if (word === '--') return { ...position, pending: null, isClosed: true };
  if (word.startsWith('-')) return afterOption(position, word);
  if (pending !== null) return afterValue(position, pending, word);
  if (command.commands.length === 0) return { ...position, operands: [...operands, word] };
  const child = command.commands.find((known) => known.name() === word);
  return child === undefined ? null : { ...position, command: child };
}

function afterOption(position: Position, word: string): Position {
  const { flag, value } = splitOption(word);
  const option = optionNamed(position.program, position.command, flag);
  if (option === null || value === null)
    return { ...position, pending: option, needsValue: option?.required === true };
  return { ...afterValue(position, option, value), pending: null };
}

function afterValue(position: Position, option: Option, value: string): Position {
  const directory = option.attributeName() === 'directory' ? value : position.directory;
  return { ...position, directory, pending: option.variadic ? option : null, needsValue: false };
}

/** `--agent=al` and `-Cdir` have their value with them. */
export function splitOption(word: string): { readonly flag: string; readonly value: string | null } {
  if (!word.startsWith('--')) return { flag: word.slice(0, 2), value: word.slice(2) || null };
  const end = word.indexOf('=');
  if (end === -1) return { flag: word, value: null };
  return { flag: word.slice(0, end), value: word.slice(end + 1) };
}

/** The option of that name, if it takes a value. */
export function optionNamed(program: Command, command: Command, flag: string): Option | null {
  const option = [...command.options, ...program.options].find(
    (known) => known.long === flag || known.short === flag,
  );
  return option?.required === true || option?.optional === true ? option : null;
}
