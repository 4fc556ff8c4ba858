import { Option } from 'commander';
import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

/** Looking without touching: status, log, why. */
export function addObservingCommands(program: Command, host: Host): void {
  addStatus(program, host);
  addLog(program, host);
  addWhy(program, host);
}

const timeHelp = '10m ago, 14:02 or ISO 8601';
const momentHelp = `${timeHelp}, or @REVISION`;

function addStatus(program: Command, host: Host): void {
  const status = program
    .command('status')
    .description('agents, locks, the queue, syncs and violations at a glance')
    .addOption(
      new Option('--watch', 'draw again after each change; with --json one line for each change').conflicts([
        'at',
      ]),
    )
    .option('--at <time>', `as it was then: ${momentHelp}`);
  examples(
    status,
    'rhema status',
    'rhema status --watch',
    'rhema status --at "10m ago"',
    'rhema status --json',
  );
  implement(status, host, async () => (await import('../commands/status.ts')).showStatus);
}

function addLog(program: Command, host: Host): void {
  const log = program
    .command('log')
    .description('what was done, by whom and when; the newest last')
    .option('--follow', 'go on with what is yet to come; with --json one line for each entry')
    .option('--since <time>', `from then on: ${timeHelp}`)
    .option('--until <time>', `up to then: ${timeHelp}`)
    .option('--agent <name>', 'only what concerns this agent')
    .option('--scope <scope>', 'only what concerns this scope')
    .option('--event <kinds...>', 'only these events (lock.granted), or groups of them (lock)')
    .option('--limit <number>', 'at most so many entries', '50')
    .addOption(
      new Option('--export', 'the whole log as JSON Lines, without loss, for `rhema verify-log`').conflicts([
        'follow',
        'since',
        'until',
        'agent',
        'scope',
        'event',
        'limit',
      ]),
    );
  examples(
    log,
    'rhema log --scope src/core --since 14:00',
    'rhema log --follow --event lock ticket',
    'rhema log --agent alice --limit 500 --json',
    'rhema log --export > coordination.jsonl',
  );
  implement(log, host, async () => (await import('../commands/log.ts')).showLog);
}

function addWhy(program: Command, host: Host): void {
  const why = program
    .command('why')
    .description(
      'who holds a scope or a file, or what an agent does: since when, for what, who waits, and what led to it',
    )
    .argument('<subject>', 'a scope, a file, also one that is not there yet, or an agent')
    .option('--at <time>', `as it was then: ${momentHelp}`)
    .option('--as <kind>', "'scope' or 'agent', where one name is both")
    .option(
      '--commit <commit>',
      'of a file: which agent made the commit, by its trailers and the log, and who held the file then',
    );
  examples(
    why,
    'rhema why src/core',
    'rhema why src/login.ts',
    'rhema why alice --at 14:02',
    'rhema why src/core --at @1200 --json',
    'rhema why src/login.ts --commit HEAD~2',
  );
  implement(why, host, async () => (await import('../commands/why.ts')).explainWhy);
}
