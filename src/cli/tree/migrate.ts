import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema migrate`: the configuration, for a repository that Rhema describes already. */
export function addMigrateCommand(program: Command, host: Host): void {
  const migrate = program
    .command('migrate')
    .description('switch coordination on where Rhema describes scopes already, or change its stage')
    .option('--stage <stage>', 'optional, default or strict: how far coordination goes', 'default')
    .option('--agents <number>', 'how many agents work here at the same time, for a new configuration (8)')
    .option(
      '--dry-run',
      'only show what would be written: the report on standard error, the file as a diff on standard output',
    )
    .option('--yes', 'write without asking');
  notes(migrate, migrateNotes);
  examples(migrate, 'rhema migrate', 'rhema migrate --dry-run', 'rhema migrate --stage strict --yes');
  implement(migrate, host, async () => (await import('../commands/migrate.ts')).migrate);
}

const migrateNotes = `Adds the block agent_coordination to the file of the top scope, or changes those of its lines in which the stages differ;
every other byte stays as it is, and no other file is touched. Files are read in every shape that Rhema has had. What is
broken in them today is reported, with its place and what to do; it hinders nothing but a top file that cannot be read.

At stage optional the configuration is there and switched off; at default agents are coordinated, and what breaks a rule
in the working tree is reported; at strict that blocks. Without a terminal and without --yes nothing is written.`;
