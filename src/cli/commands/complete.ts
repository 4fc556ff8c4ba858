import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { safe } from '../format/text.ts';
import { helpTopics, helpWords } from '../tree/help.ts';
import { ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { insertionOf, parseLine } from './bash-line.ts';
import { optionNamed, positionAfter, splitOption } from './completion-position.ts';
import type { Position } from './completion-position.ts';
import { kindOfValue, valuesOf } from './completion-values.ts';
import type { Candidate, Kind } from './completion-values.ts';

export interface CompleteInput {
  /** Without quotes and escapes, the last one unfinished; for bash the line up to the cursor, as it is typed. */
  readonly words: readonly string[];
  /** Who reads the answer; none: a person. */
  readonly shell?: string;
  /** Where bash begins a word anew, besides blanks: it replaces only what comes after. */
  readonly breaks?: string;
}

/** What may come next. */
interface Answer {
  readonly kind: Kind;
  readonly candidates: readonly Candidate[];
}

const nothing: Answer = { kind: 'words', candidates: [] };

/**
 * The words that may come after the words so far, one a line with a tab before its help. A shell is told the kind of them
 * first, since files, folders and commands are its own to complete; bash is told words that are quoted already, since it
 * puts them in as they are. Never fails: at a prompt, no suggestion is better than an error.
 */
export async function completeWords(call: Call, program: Command, input: CompleteInput): Promise<Outcome> {
  if (input.shell === 'bash') return completeLine(call, program, input.words[0] ?? '', input.breaks ?? '');
  const { kind, candidates } = await answerTo(call, program, input.words);
  if (input.shell !== undefined) call.print(kind);
  for (const { word, help } of candidates) call.print(`${word}\t${safe(help)}`);
  return ended(exitCodes.done);
}

async function completeLine(call: Call, program: Command, line: string, breaks: string): Promise<Outcome> {
  const { words, last } = parseLine(line, breaks);
  const { kind, candidates } = await answerTo(call, program, [...words.slice(1), last.value]);
  call.print(kind);
  for (const { word } of candidates) call.print(insertionOf(word, last));
  return ended(exitCodes.done);
}

async function answerTo(call: Call, program: Command, words: readonly string[]): Promise<Answer> {
  const position = positionAfter(program, words.slice(0, -1));
  if (position === null) return nothing;
  const there = call.in(folderOf(call, position));
  try {
    return await answerAt(there, position, words.at(-1) ?? '');
  } catch {
    return nothing;
  } finally {
    await there.close();
  }
}

/** `-C` holds for what comes after it; at this point the shell has not yet replaced a tilde. */
function folderOf(call: Call, { directory }: Position): string {
  const home = call.ports.env['HOME'] ?? '~';
  return resolve(
    call.cwd,
    (directory ?? '.').replace(/^~(?=\/|$)/, () => home),
  );
}

async function answerAt(call: Call, position: Position, unfinished: string): Promise<Answer> {
  const { command, operands, pending, needsValue, isClosed } = position;
  if (isClosed && runsCommand(command)) return { kind: 'command', candidates: [] };
  if (!isClosed && !needsValue && unfinished.startsWith('-')) return optionAnswer(call, position, unfinished);
  if (pending !== null) return answerOf(call, position, pending.attributeName(), unfinished);
  if (command.commands.length > 0) return wordsOf(commandsOf(command), unfinished);
  const arguments_ = command.registeredArguments;
  const argument = arguments_[operands.length] ?? arguments_.at(-1);
  if (argument === undefined || (operands.length >= arguments_.length && !argument.variadic)) return nothing;
  if (argument.name() === helpWords) return wordsOf(topicsOf(position), unfinished);
  return answerOf(call, position, argument.name(), unfinished);
}

/** What help there is: of commands and, at first, on other topics. */
function topicsOf({ program, operands }: Position): Candidate[] {
  let at: Command | undefined = program;
  for (const word of operands) at = at?.commands.find((command) => command.name() === word);
  if (at === undefined) return [];
  return operands.length > 0
    ? commandsOf(at)
    : [...commandsOf(at), ...helpTopics.map((word) => ({ word, help: '' }))];
}

function runsCommand({ registeredArguments }: Command): boolean {
  return registeredArguments[0]?.name() === 'command';
}

/** `--agent`, or `--agent=al` with a value in the same word. */
async function optionAnswer(call: Call, position: Position, unfinished: string): Promise<Answer> {
  const { program, command } = position;
  const { flag, value } = splitOption(unfinished);
  if (value === null || !flag.startsWith('--')) return wordsOf(optionsOf(program, command), unfinished);
  const option = optionNamed(program, command, flag);
  if (option === null) return nothing;
  const { kind, candidates } = await answerOf(call, position, option.attributeName(), value);
  return { kind, candidates: candidates.map(({ word, help }) => ({ word: `${flag}=${word}`, help })) };
}

async function answerOf(
  call: Call,
  { operands }: Position,
  name: string,
  unfinished: string,
): Promise<Answer> {
  const matching = wordsOf(await valuesOf(call, name, unfinished, operands), unfinished);
  return matching.candidates.length > 0 ? matching : { kind: kindOfValue(name), candidates: [] };
}

function wordsOf(candidates: readonly Candidate[], unfinished: string): Answer {
  return { kind: 'words', candidates: candidates.filter(({ word }) => word.startsWith(unfinished)) };
}

function commandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ word: child.name(), help: child.description() }));
}

function optionsOf(program: Command, command: Command): Candidate[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleOptions(program)].map((option) => ({
    word: option.long ?? option.flags,
    help: option.description,
  }));
  return [...new Map(options.map((option) => [option.word, option])).values()];
}
