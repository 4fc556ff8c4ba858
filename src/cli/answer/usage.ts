import type { Command, CommanderError } from 'commander';
import { commandPath, explanationOf } from '../declare.ts';
import { usageError } from './errors.ts';
import type { CommandError } from './errors.ts';

/** Words that are no command, in our words: the library's own come with its own punctuation. */
export function usageErrorOf(error: CommanderError, command: Command | undefined): CommandError {
  const path = command === undefined ? '' : commandPath(command);
  const hint = command === undefined ? undefined : explanationOf(command).usageHint;
  const help = ['see rhema help', path].join(' ').trim();
  return usageError(
    [problemOf(error, command, path), ...(hint === undefined ? [] : [hint]), help].reduce(joined),
  );
}

/** No semicolon after a question. */
const joined = (text: string, part: string): string =>
  text.endsWith('?') ? `${text} ${part.slice(0, 1).toUpperCase()}${part.slice(1)}` : `${text}; ${part}`;

function problemOf({ code, message }: CommanderError, command: Command | undefined, path: string): string {
  const plain = message.replace(/^error: /, '').replaceAll(/\n\s*/g, ' ');
  const said = /'(.*?)'/.exec(plain)?.[1] ?? '';
  const near = /\(Did you mean (.*)\?\)/.exec(plain)?.[1];
  const meant = near === undefined ? '' : `: did you mean ${near}?`;
  switch (code) {
    case 'commander.help':
      return `a command is missing after ${['rhema', path].join(' ').trim()}`;
    case 'commander.unknownCommand':
      return `there is no command '${[path, said].join(' ').trim()}'${meant}`;
    case 'commander.unknownOption':
      return `there is no option ${said} here${besideWith(said, command) ?? meant}`;
    case 'commander.missingArgument':
      return missingArgument(said, command);
    case 'commander.optionMissingArgument':
      return `a value is missing: ${said}`;
    case 'commander.missingMandatoryOptionValue':
      return `${said} is missing`;
    case 'commander.excessArguments':
      return tooMany(command);
    case 'commander.invalidArgument':
      return notAmong(plain);
    default:
      return plain;
  }
}

/** Where another command of the group has the very option, that is what was meant, and no word that is spelt alike. Null: none has. */
function besideWith(option: string, command: Command | undefined): string | null {
  const having = (command?.parent?.commands ?? []).filter(
    (one) => one !== command && one.options.some(({ long, hidden }) => long === option && !hidden),
  );
  const names = having.slice(0, 3).map((one) => `rhema ${commandPath(one)}`);
  return names.length === 0 ? null : `: ${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} it`;
}

/** Of words of which one has to be used: the library tells them in a sentence of its own for either kind. */
function notAmong(plain: string): string {
  const [, option, value, choices] =
    /^option '(\S+).*?' argument '(.*)' is invalid\. Allowed choices are (.*?)\.*$/.exec(plain) ?? [];
  if (option !== undefined) return `${option} ${JSON.stringify(value)}: use one of ${choices ?? ''}`;
  const [, word, argument, words] =
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*?)\.*$/.exec(
      plain,
    ) ?? [];
  return words === undefined ? plain : `no ${argument ?? ''} ${JSON.stringify(word)}: use one of ${words}`;
}

function missingArgument(name: string, command: Command | undefined): string {
  const argument = command?.registeredArguments.find((known) => known.name() === name);
  // What it is; what else is to be known of it, the help tells.
  const [what = ''] = (argument?.description ?? '').split(';');
  return `${name} is missing${what === '' ? '' : ` (${what})`}`;
}

function tooMany(command: Command | undefined): string {
  const more = command?.args.slice(command.registeredArguments.length) ?? [];
  return `nothing more is expected, but there is '${more.join(' ')}'`;
}
