import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { mcpDefaults } from '../mcp/mcp-defaults.ts';

/** `rhema mcp`: the tools for coding agents. */
export function addMcpCommand(program: Command, host: Host): void {
  const mcp = program
    .command('mcp')
    .description('serve coding agents over the Model Context Protocol, on standard input and output')
    .option('--repo <dir>', 'the repository; else the one around the working folder')
    .option('--wait <duration>', 'how long lock_acquire waits when it does not say', mcpDefaults.wait)
    .option(
      '--collect <duration>',
      'how long a grant that came between two calls is kept for its agent',
      mcpDefaults.collect,
    )
    .option(
      '--client-config <client>',
      'print the configuration of a client instead: claude, codex, cursor, vscode, gemini',
    )
    .option('--write', "with --client-config: add it to the client's file in this repository")
    .option('--dry-run', 'with --client-config: show as a diff what --write would add');
  examples(mcp, 'rhema mcp', 'rhema mcp --repo ~/shop', 'rhema mcp --client-config codex');
  notes(mcp, lifeNotes);
  implement(mcp, host, async () => (await import('../commands/mcp.ts')).mcp);
}

const lifeNotes = `A client starts it, and it lives as long as its standard input is open. Meanwhile it renews the sessions and
leases of the agents that joined through it. When it has ended, its agents are lost after dead_grace, unless they come back before;
where the coordinator cannot see that it has ended, their leases lapse by themselves.
Standard output carries the protocol only; what there is to log goes to standard error. docs/mcp.md has the tools.`;
