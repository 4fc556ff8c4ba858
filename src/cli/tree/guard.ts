import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema guard`: whether what is about to be written is in the way of others. */
export function addGuardCommands(program: Command, host: Host): void {
  const group = program.command('guard').description('stop what would write where somebody else works');
  const check = group
    .command('check')
    .description('whether files, or what is staged for a commit, may be written now; 3 where not')
    .argument('[paths...]', 'files and folders; they need not exist')
    .option('--staged', 'what a commit of the index would change')
    .option(
      '--agent <agent>',
      'who writes (default: $RHEMA_AGENT; without both, somebody who takes no part)',
    );
  notes(
    check,
    'Refused is what another agent has locked: the file, its whole scope or, of a folder, anything below. What is outside of the repository, ignored by Git, in no scope or free passes; what nobody holds passes unless strict_mode is on. Nothing is locked by this.',
  );
  examples(
    check,
    'rhema guard check src/login.ts',
    'rhema guard check --staged',
    'rhema guard check --staged --agent alice --json',
  );
  implement(check, host, async () => (await import('../commands/guard-check.ts')).guardCheck);
}
