import type { Argument, Command, Option } from 'commander';
import { agentStatuses } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../exit-codes.ts';
import { safe } from '../format/text.ts';
import { ended } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** A word that may come next, and what it is. */
interface Candidate {
  readonly word: string;
  readonly help: string;
}

/**
 * The words that may come after the words so far, one a line with a tab before its help. Never fails: at a prompt, no
 * suggestion is better than an error.
 */
export async function completeWords(
  call: Call,
  program: Command,
  words: readonly string[],
): Promise<Outcome> {
  const unfinished = words.at(-1) ?? '';
  const candidates = await candidatesFor(call, program, words.slice(0, -1), unfinished).catch(() => []);
  for (const { word, help } of candidates.filter((candidate) => candidate.word.startsWith(unfinished)))
    call.print(`${word}\t${safe(help)}`);
  return ended(exitCodes.done);
}

async function candidatesFor(
  call: Call,
  program: Command,
  before: readonly string[],
  unfinished: string,
): Promise<readonly Candidate[]> {
  const { command, operands, pending } = position(program, before);
  if (before.includes('--')) return [];
  if (pending !== null) return valuesOf(call, pending.attributeName());
  if (unfinished.startsWith('-')) return optionsOf(program, command);
  if (command.commands.length > 0) return commandsOf(command);
  const argument = argumentAt(command, operands);
  return argument === null ? [] : valuesOf(call, argument.name());
}

interface Position {
  readonly command: Command;
  /** Operands of the command so far. */
  readonly operands: number;
  /** The option whose value comes next. */
  readonly pending: Option | null;
}

/** Where in the tree the words have led. */
function position(program: Command, words: readonly string[]): Position {
  let command = program;
  let operands = 0;
  let pending: Option | null = null;
  for (const word of words) {
    const child: Command | undefined = command.commands.find((known) => known.name() === word);
    if (pending !== null && !word.startsWith('-')) pending = pending.variadic ? pending : null;
    else if (word.startsWith('-')) pending = optionNamed(program, command, word);
    else if (child !== undefined) command = child;
    else operands += 1;
  }
  return { command, operands, pending };
}

function optionNamed(program: Command, command: Command, word: string): Option | null {
  const option = [...command.options, ...program.options].find(
    (known) => known.long === word || known.short === word,
  );
  return option?.required === true || option?.optional === true ? option : null;
}

function argumentAt(command: Command, place: number): Argument | null {
  const argument = command.registeredArguments[place] ?? command.registeredArguments.at(-1);
  if (argument === undefined) return null;
  return place < command.registeredArguments.length || argument.variadic ? argument : null;
}

function commandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ word: child.name(), help: child.description() }));
}

function optionsOf(program: Command, command: Command): Candidate[] {
  return [...command.options, ...program.options]
    .filter((option) => !option.hidden)
    .map((option) => ({ word: option.long ?? option.flags, help: option.description }));
}

/** Values by the name of the argument or option that takes them. */
const values: Readonly<Record<string, (call: Call) => Promise<readonly Candidate[]>>> = {
  scope: scopes,
  scopes,
  agent: agents,
  name: agents,
  subject: async (call) => [...(await scopes(call)), ...(await agents(call))],
  status: async () => agentStatuses.map((word) => ({ word, help: '' })),
  shell: async () => ['bash', 'zsh', 'fish'].map((word) => ({ word, help: '' })),
  clientConfig: async () => {
    const { clientNames, clients } = await import('./client-config-clients.ts');
    return clientNames.map((word) => ({ word, help: clients[word].title }));
  },
  key: async () => {
    const { options } = await import('../../config/index.ts');
    return options.map((option) => ({ word: option.key, help: option.help }));
  },
};

async function valuesOf(call: Call, name: string): Promise<readonly Candidate[]> {
  return (await values[name]?.(call)) ?? [];
}

async function scopes(call: Call): Promise<readonly Candidate[]> {
  const answer = await (await call.coordinator()).query({ kind: 'scopes' });
  return answer.scopes.map((scope) => ({ word: scope.path, help: scope.name }));
}

async function agents(call: Call): Promise<readonly Candidate[]> {
  const answer = await (await call.coordinator()).query({ kind: 'status', at: null });
  return answer.agents.map((agent) => ({ word: agent.agent, help: agent.status }));
}
