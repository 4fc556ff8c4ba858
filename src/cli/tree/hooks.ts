import { Option, type Command } from 'commander';
import { hookClients } from '../../hooks/index.ts';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** As `hookTargets` has them; here nothing of them is loaded. */
export const hookNames = [...hookClients, 'git'] as const;

/** `rhema hooks`: clients that ask before an agent acts. */
export function addHooksCommands(program: Command, host: Host): void {
  const group = program
    .command('hooks')
    .description('have clients ask before an agent writes, so that locks hold');
  addInstall(group, host);
  addStatus(group, host);
  addUninstall(group, host);
}

function addInstall(group: Command, host: Host): void {
  const install = group
    .command('install')
    .description('add hooks to the files of clients in this repository')
    .argument('[targets...]', `${hookNames.join(', ')}; without a name the clients whose files are here`)
    .option('--dry-run', 'only show as a diff what would be written')
    .option('--print', 'print what the file of one client has to hold, and write nothing')
    .addOption(
      new Option(
        '--handler <kind>',
        'claude only: how edits are asked about, by a command or by the rhema mcp of the agent',
      ).choices(['command', 'mcp']),
    )
    .option('--yes', 'write without asking');
  notes(install, installNotes);
  examples(
    install,
    'rhema hooks install git claude codex',
    'rhema hooks install --dry-run',
    'rhema hooks install kimi --print',
    'rhema hooks install claude --handler mcp',
  );
  implement(install, host, async () => (await import('../commands/hooks/hooks.ts')).installHooks);
}

const installNotes = `Entries of others, comments, order and layout stay as they are, and so does an entry of rhema that somebody has changed. What was
there before is noted, so that rhema hooks uninstall and rhema uninstall put it back. Without a terminal and without --yes
nothing is written.

The file of Kimi is its user's, outside of the repository: what to add there is printed by --print, and it is not written.
With --handler mcp no process is started for a tool call, and none is done while rhema mcp does not answer. A client that is
too old for it passes over the whole file: everybody who uses the file needs Claude Code 2.1.330.

docs/hooks.md has what each client is told, and where it lets an agent pass.`;

function addStatus(group: Command, host: Host): void {
  const status = group
    .command('status')
    .description('which clients ask, and whether the command in their files can be run');
  examples(status, 'rhema hooks status', 'rhema hooks status --json');
  implement(status, host, async () => (await import('../commands/hooks/hooks.ts')).hooksStatus);
}

function addUninstall(group: Command, host: Host): void {
  const uninstall = group
    .command('uninstall')
    .description('take the hooks out again, and nothing else')
    .argument('[targets...]', 'as for install; without a name all')
    .option('--dry-run', 'only show as a diff what would go')
    .option('--yes', 'take them out without asking');
  examples(uninstall, 'rhema hooks uninstall claude', 'rhema hooks uninstall --yes');
  implement(uninstall, host, async () => (await import('../commands/hooks/hooks.ts')).uninstallHooks);
}
