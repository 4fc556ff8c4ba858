import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema uninstall`: the last command in a repository. */
export function addUninstallCommand(program: Command, host: Host): void {
  const uninstall = program
    .command('uninstall')
    .description('take the coordination out of this repository: it is as it was before')
    .option(
      '--dry-run',
      'only show what would go: the list on standard error, changes of files here as a diff on standard output',
    )
    .option('--force', 'also remove, or take out of its file, what was changed since it was written')
    .option('--yes', 'remove without asking');
  notes(uninstall, uninstallNotes);
  examples(uninstall, 'rhema uninstall', 'rhema uninstall --dry-run', 'rhema uninstall --yes');
  implement(uninstall, host, async () => (await import('../commands/uninstall.ts')).uninstall);
}

const uninstallNotes = `Takes out what init, migrate, refresh, fit --write, hooks install and mcp --client-config --write have written, in every working tree in
which they did; stops the coordinator, and removes its log, the sessions, and what context files were. Context files and
scope files that people wrote stay, and so does what was changed since it was written, unless --force says otherwise.

While agents hold locks nothing is removed; they are named. One that was killed is completed by the next. Without a terminal
and without --yes nothing is removed. docs/uninstall.md tells what is left.`;
