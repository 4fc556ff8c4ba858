import type { Command } from 'commander';

/** Options that several commands share, so that they read the same everywhere. */
export function actingAgent(command: Command): Command {
  return command.option('--agent <name>', 'who acts; else RHEMA_AGENT').option(takeOverFlag, takeOverHelp);
}

export const takeOverFlag = '--take-over';
const takeOverHelp = 'act as an agent that lives in a client; that client is refused from then on';

export function leaseOptions(command: Command, otherwise = 'else lock_timeout'): Command {
  return command
    .option('--wait [duration]', 'when busy, wait in line: as long as the rules allow, or at most so long')
    .option('--ttl <duration>', `length of the lease, such as 90s or 5m; ${otherwise}`)
    .option('--reason <text>', 'what for; whoever is refused reads it');
}

export function tokenOption(command: Command): Command {
  return command.option('--token <number>', 'the fencing token of the grant; another one is refused');
}
