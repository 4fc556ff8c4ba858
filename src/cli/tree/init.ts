import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema init`: the first command in a repository. */
export function addInitCommand(program: Command, host: Host): void {
  const init = program
    .command('init')
    .description(
      'describe the parts of this repository and their dependencies as scopes, and switch coordination on',
    )
    .option(
      '--stage <stage>',
      'optional, default or strict: how far coordination goes, for a new configuration',
      'default',
    )
    .option('--depth <number>', 'no scope deeper than so many folders: what is below belongs to its parent')
    .option(
      '--layout <layout>',
      'one: all scopes in the file at the top; files: a file for each, in its folder',
    )
    .option(
      '--agents <number>',
      'how many agents work here at the same time, for a new configuration (8; with --client 32)',
    )
    .option('--derive', 'derive scopes although some were written by hand; those stay as they are')
    .option(
      '--client <clients...>',
      'also give these clients the tools and the hooks: claude, codex, gemini, cursor, copilot, vscode, opencode',
    )
    .option(
      '--agents-md',
      'also write for agents into AGENTS.md what it is about, where that is not there yet',
    )
    .option(
      '--dry-run',
      'only show what would be written: the plan on standard error, the files as a diff on standard output',
    )
    .option('--yes', 'write without asking');
  notes(init, initNotes);
  examples(
    init,
    'rhema init',
    'rhema init --dry-run',
    'rhema init --client claude codex',
    'rhema init --yes',
  );
  implement(init, host, async () => (await import('../commands/init.ts')).init);
}

const initNotes = `Where no scope exists they are derived from the workspaces, modules and projects that the repository's own tools
know, else from the top-level folders. Where scopes exist only the configuration is added. Without a terminal
and without --yes nothing is written. docs/init.md tells what is derived from what.

At stage optional the configuration is there and switched off; at default agents are coordinated, and what breaks a rule
in the working tree is reported; at strict that blocks. rhema migrate changes the stage later.`;
