import type { Argument, Command, Option } from 'commander';
import { repositoryErrorCodes } from '../repository/index.ts';
import { rejectionCodes, retryAdvice } from '../core/index.ts';
import type { RetryAdvice } from '../core/index.ts';
import { initErrorCodes } from '../init/index.ts';
import { failureCodes } from '../protocol/index.ts';
import { logRuleNames } from '../verify/index.ts';
import { commandCodes } from './answer/answer-codes.ts';
import { commandPath, explanationOf } from './declare.ts';
import { exitCodeTable } from './answer/exit-codes.ts';
import { jsonText } from './tree/help.ts';

/** The text of docs/cli.md, from the command tree and the tables: it cannot say anything else than the program does. */
export function cliReference(program: Command): string {
  return [
    '# Command line\n',
    'Generated from the command tree; a test fails when they differ.\n',
    ...commandsUnder(program).map(sectionOf),
    '## Options of every command\n',
    optionTable(program.options),
    '## JSON\n',
    codeBlock(jsonText.split('\n')),
    '## Exit codes\n',
    markdownTable(
      ['Code', 'Meaning'],
      exitCodeTable.map(({ code, meaning }) => [`\`${code}\``, meaning]),
    ),
    '## How long a command takes\n',
    'Whatever is the matter with the coordinator process or with Git, a command ends, and says what is wrong:\n',
    markdownTable(['When', 'It ends after'], bounds),
    'The start of Node, and a busy machine, come on top. A disk that does not answer holds up whoever reads from it.\n',
    '## Codes of refusals\n',
    'With exit code 3. When several reasons apply, the one that stands first here is given.\n',
    refusalTable(),
    '## Codes of failures\n',
    `With exit code 1; \`INVALID_INPUT\` with 2, \`NOT_JOINED\` and \`AGENT_KEPT\` with 3. \`DISABLED\` is not told as a failure: the answer is \`{"ok":true,"disabled":true}\`, with 0.\n`,
    `${codeList(failureCodes)}.\n`,
    'Where the command itself asks Git, or reads and writes files, with exit code 1:\n',
    `${codeList(codesOfFiles)}.\n`,
    'Of single commands, each with its exit code:\n',
    commandCodeTable(),
    'What `verify-log` finds in a log, with exit code 3:\n',
    `${codeList(logRuleNames)}.\n`,
  ].join('\n');
}

/** All commands that do something, in the order of the tree. */
function commandsUnder(command: Command): Command[] {
  const children = command.createHelp().visibleCommands(command);
  const own = children.filter((child) => command.commands.includes(child));
  return own.flatMap((child) => (child.commands.length === 0 ? [child] : commandsUnder(child)));
}

function sectionOf(command: Command): string {
  const usage = `rhema ${commandPath(command)}`;
  const { examples, notes } = explanationOf(command);
  const parts = [
    `## ${usage}\n`,
    `${sentence(command.description())}\n`,
    codeBlock([`${usage} ${command.usage()}`]),
    argumentTable(command.registeredArguments),
    optionTable(command.options),
    notes === '' ? '' : codeBlock(notes.split('\n')),
    examples.length === 0 ? '' : `Examples:\n\n${codeBlock(examples)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** They stand in `src/client`, `src/cli` and here; the ones of `rhema mcp` in docs/mcp.md. */
const bounds: readonly (readonly string[])[] = [
  [
    'the coordinator process is stopped (`SIGSTOP`, a debugger, a suspended container), or its loop stands still',
    '8 s, with `UNAVAILABLE`, the number of the process and what to do; `daemon status` after 5 s; `daemon stop` too, and then ends it by force',
  ],
  [
    'the same while it waits or watches: in the queue of a lock, with `--follow` or `--watch`',
    '30 s without a sign of life, 5 minutes for a ticket of a server; the ticket is kept',
  ],
  [
    'the coordinator process is well, and at work on the answer',
    '30 s, with `DEADLINE_EXCEEDED`; it may take effect later',
  ],
  ['there is none, and one has to be started', '30 s'],
  [
    'the server that is asked cannot be reached, or what answers in its place is none',
    '5 s for a question, such as `status`, with the cause; 30 s for what is to be done, since a server that is started anew is back by then; each says why after 2 s. A hook 3 s. At once where waiting does not help: a certificate that is not good, another program, an address that sends elsewhere',
  ],
  [
    'after Ctrl-C, while it gives back its ticket, or the locks of `run`',
    'the same; a second Ctrl-C ends it at once, and what it did not give back ends by itself',
  ],
  [
    'Git does not answer, as where an ignore file is a pipe',
    '20 s for a list of files, 5 s for a question, and 1 s for each call after that; at once where one of the files in `.git` is a pipe',
  ],
];

const codeBlock = (lines: readonly string[]): string => ['```text', ...lines, '```', ''].join('\n');

const argumentTable = (list: readonly Argument[]): string =>
  list.length === 0
    ? ''
    : markdownTable(
        ['Argument', ''],
        list.map((argument) => [`\`${argument.name()}\``, argument.description]),
      );

const optionTable = (list: readonly Option[]): string =>
  list.length === 0
    ? ''
    : markdownTable(
        ['Option', ''],
        list.map((option) => [`\`${option.flags}\``, option.description]),
      );

const adviceTexts: { readonly [Advice in RetryAdvice]: string } = {
  afterOthersAct: 'may succeed later, when others have acted',
  afterYouAct: 'may succeed after you have acted',
  never: 'does not succeed unless it is changed',
};

function refusalTable(): string {
  const rows = rejectionCodes.map((code) => [`\`${code}\``, adviceTexts[retryAdvice[code]]]);
  return markdownTable(['Code', 'The same command'], rows);
}

/** Some of them the coordinator has as well. */
const codesOfFiles = [...repositoryErrorCodes, ...initErrorCodes].filter(
  (code) => !(failureCodes as readonly string[]).includes(code),
);

const commandCodeTable = (): string =>
  markdownTable(
    ['Code', 'Exit code'],
    Object.entries(commandCodes).map(([code, exitCode]) => [`\`${code}\``, exitCode]),
  );

const codeList = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ');

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
