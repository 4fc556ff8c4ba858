import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema verify-log`: whether a recorded log is a behaviour of the machine. */
export function addVerifyCommand(program: Command, host: Host): void {
  const verify = program
    .command('verify-log')
    .description(
      'replay a recorded log and check every entry and every invariant at every revision; 3 when one is not as it must be',
    )
    .argument(
      '[file]',
      "a log file or an export; '-': an export on standard input; none: this repository's log",
    )
    .option('--every <number>', 'check the invariants at each n-th revision only', '1');
  examples(
    verify,
    'rhema verify-log',
    'rhema verify-log backup/coordination.db --json',
    'rhema log --export | rhema verify-log -',
  );
  notes(
    verify,
    [
      'The command behind each entry is decided anew, in the state that the entries before it lead to. The answer must be',
      'this very entry: the same events, the same result, at the next revision, at no earlier time, and with everything',
      'ended first that was due by then. A log that was compacted is verified from its oldest snapshot on. Only reads.',
    ].join('\n'),
  );
  implement(verify, host, async () => (await import('../commands/verify-log.ts')).verifyLogFile);
}
