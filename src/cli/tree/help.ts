import type { Command } from 'commander';
import { examples } from '../declare.ts';
import { usageError } from '../answer/errors.ts';
import type { CommandError } from '../answer/errors.ts';
import { exitCodeTable } from '../answer/exit-codes.ts';

/** The argument of `rhema help`. */
export const helpWords = 'topic';

/** `rhema help`: of a command, or on a topic. */
export function addHelpCommand(program: Command): void {
  const help = program
    .command('help')
    .description("help on a command, or on a topic: 'exit-codes', 'json'")
    .argument(`[${helpWords}...]`, 'the command or topic');
  examples(help, 'rhema help lock acquire', 'rhema help exit-codes');
  help.action(async (words: readonly string[]) => {
    const topic = topics[words.join(' ')];
    if (topic !== undefined) help.configureOutput().writeOut?.(`${topic()}\n`);
    else (await commandOf(program, words)).outputHelp();
  });
}

async function commandOf(program: Command, words: readonly string[]): Promise<Command> {
  let at = program;
  for (const word of words) {
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) throw await unknownWords(words, word, at);
    at = next;
  }
  return at;
}

async function unknownWords(words: readonly string[], word: string, at: Command): Promise<CommandError> {
  const { nearest } = await import('../../config/index.ts');
  const known = at.commands.map((command) => command.name());
  const near = nearest(word, at.parent === null ? [...known, ...helpTopics] : known);
  const hint = near === null ? 'see rhema help' : `did you mean ${near}?`;
  return usageError(`there is no command or topic '${words.join(' ')}': ${hint}`);
}

const topics: Readonly<Record<string, () => string>> = {
  'exit-codes': exitCodesText,
  json: () => jsonText,
};

export const helpTopics: readonly string[] = Object.keys(topics);

function exitCodesText(): string {
  const width = Math.max(...exitCodeTable.map((row) => row.code.length));
  return exitCodeTable.map((row) => `  ${row.code.padEnd(width)}  ${row.meaning}`).join('\n');
}

/** Also a section of docs/cli.md. */
export const jsonText = `With --json every command prints one object on one line:

  {"ok":true,"revision":17,...}
  {"ok":false,"revision":17,"code":"LOCK_HELD","message":"...","details":{...}}

revision is the position in the log that the answer belongs to; null when no coordinator was asked, or none has answered. code is the
code of the refusal (listed in docs/cli.md), or INVALID_INPUT, USAGE, WAITED_IN_VAIN, or that of a failure. Points in time
are given twice: deadlineMs in milliseconds since 1970, deadline as ISO 8601. All other fields that end in Ms are
durations. Help and --version are told so, too, as the fields help and version. What goes on for ever (log --follow,
status --watch) prints one such object for each item. The standard output of run is that of its command: it prints an
object only when the command has not begun.`;
